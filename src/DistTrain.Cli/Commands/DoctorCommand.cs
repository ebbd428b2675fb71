using System.CommandLine;
using System.Net;

namespace DistTrain.Cli;

/// <summary>disttrain doctor</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var command = new Command("doctor",
            "Checks this machine and, with --head, the way to a head or parameter server; says "
            + "how to fix what it finds.");
        var head = CommonOptions.Text("--head", "HOST:PORT", "The node to reach, and to ask");
        var listen = CommonOptions.Text("--listen", "HOST:PORT",
            $"Where a node is to listen here (default {HeadCommand.DefaultListen})");
        var certs = CredentialOptions.Certificates();
        var tokenFile = CredentialOptions.TokenFile();
        var health = new Option<bool>("--health")
        {
            Description = "Only ask --head: exit code 0 if it answers, else 1",
        };
        foreach (Option option in (Option[])[head, listen, certs, tokenFile, health])
        {
            command.Add(option);
        }
        HelpWithExamples.Install(command,
            [
                "disttrain doctor",
                "disttrain doctor --head head.example:7300 --certs certs/worker-1",
                "disttrain doctor --health --head 127.0.0.1:7300 --token-file runs/my-run/token",
            ]);
        command.SetAction(parsed =>
        {
            var problems = new List<UsageProblem>();
            var credentials = new Credentials(
                parsed.GetValue(certs), parsed.GetValue(tokenFile));
            credentials.Check(problems);
            HostPort? target = parsed.GetValue(head) is { } text
                ? HostPort.ParseTarget("--head", text, problems) : null;
            IPEndPoint? at = HostPort.ParseListen(
                "--listen", parsed.GetValue(listen) ?? HeadCommand.DefaultListen, problems)
                ?.Resolve("--listen", problems);
            if (parsed.GetValue(health) && parsed.GetValue(head) is null)
            {
                problems.Add(new("--health", "needs a node to ask", "add --head HOST:PORT"));
            }
            UsageException.ThrowIfAny(problems);
            Screen screen = CommonOptions.Screen(parsed);
            return parsed.GetValue(health)
                ? Tell(screen, NodeChecks.Health(target!, credentials))
                : Tell(screen,
                    [
                        .. MachineChecks.Examine(),
                        NodeChecks.Port(at!),
                        .. NodeChecks.Certificates(credentials),
                        .. target is null ? [] : NodeChecks.Reach(target, credentials),
                    ]);
        });
        return command;
    }

    private static int Tell(Screen screen, IEnumerable<Finding> findings)
    {
        bool isBad = false;
        foreach (Finding finding in findings)
        {
            string mark = finding.Verdict switch
            {
                Verdict.Good => "ok  ",
                Verdict.Note => "note",
                _ => "BAD ",
            };
            screen.Result($"{mark}  {finding.What,-16} {finding.Found}");
            if (finding.Fix.Length > 0)
            {
                screen.Result($"      {"",-16} fix: {finding.Fix}");
            }
            isBad |= finding.Verdict == Verdict.Bad;
        }
        return isBad ? ExitCode.RunFailed : ExitCode.Done;
    }
}
