using System.CommandLine;
using System.Globalization;
using DistTrain.Engine.Tcp;

namespace DistTrain.Cli;

/// <summary>disttrain certs node NAME</summary>
internal static class CertsNodeCommand
{
    public static Command Create()
    {
        var command = new Command("node", "Makes the key and certificate of one node.");
        var name = new Argument<string>("NAME") { Description = "The node's name" };
        var hosts = CommonOptions.Text("--hosts", "HOST,…",
            "Host names and IP addresses by which it is reached, beside NAME");
        var roles = CommonOptions.Text("--roles", "ROLE,…",
            "What it may be: head, ps, worker (default all)");
        var authority = CommonOptions.Text("--ca", "DIR",
            $"Folder of certs init (default {CertsCommand.DefaultFolder})");
        var folder = CommonOptions.Text("--out", "DIR",
            "Folder to write (default NAME in that of the authority)");
        var days = CommonOptions.Text("--days", "N",
            $"Days that it is valid (default {NodeRequest.DefaultDays})");
        var verbose = CommonOptions.Verbose();
        command.Add(name);
        foreach (Option option in new Option[] { hosts, roles, authority, folder, days, verbose })
        {
            command.Add(option);
        }
        HelpWithExamples.Install(command,
            [
                "disttrain certs node head --hosts head.example,10.0.0.5 --roles head,ps",
                "disttrain certs node worker-1 --roles worker",
            ]);
        command.SetAction(parsed =>
        {
            var problems = new List<CertificateProblem>();
            string ca = parsed.GetValue(authority) ?? CertsCommand.DefaultFolder;
            var request = new NodeRequest
            {
                Name = parsed.GetValue(name)!,
                Hosts = Words(parsed.GetValue(hosts)) ?? [],
                Roles = Words(parsed.GetValue(roles)) ?? [.. RoleWords.All],
                Days = ParseDays(parsed.GetValue(days), problems),
            };
            string target = parsed.GetValue(folder) ?? Path.Combine(ca, request.Name);
            Make(CommonOptions.Screen(parsed, verbose: verbose), request, ca, target, problems);
            return ExitCode.Done;
        });
        return command;
    }

    private static string[]? Words(string? list) =>
        list?.Split(',', StringSplitOptions.TrimEntries);

    private static int ParseDays(string? text, List<CertificateProblem> problems)
    {
        if (text is null)
        {
            return NodeRequest.DefaultDays;
        }
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int days))
        {
            return days;
        }
        problems.Add(new("--days", $"\"{text}\" is no whole number",
            $"give 1 to {NodeRequest.MaxDays}"));
        return NodeRequest.DefaultDays;
    }

    /// <summary>Looks at everything before it complains, and complains before it writes.</summary>
    private static void Make(
        Screen screen, NodeRequest request, string ca, string folder,
        List<CertificateProblem> problems)
    {
        var now = DateTimeOffset.UtcNow;
        problems.AddRange(request.Problems());
        using var authority = Open(ca, now, problems);
        if (folder.Length == 0)
        {
            problems.Add(new("--out", "names no folder", "name one, or leave it out"));
        }
        else
        {
            problems.AddRange(ClusterAuthority.Occupied(folder));
        }
        if (authority is null || problems.Count > 0)
        {
            throw new CertificateException(problems);
        }
        CertsCommand.ShowWritten(screen, authority.Issue(request, folder, now));
        foreach (var finding in CertificateFolder.Examine(folder, now))
        {
            screen.Result($"{finding.What} {finding.Found}");
        }
        ShowNext(screen, request, folder);
    }

    private static ClusterAuthority? Open(
        string folder, DateTimeOffset now, List<CertificateProblem> problems)
    {
        if (folder.Length == 0)
        {
            problems.Add(new("--ca", "names no folder", "name one, or leave it out"));
            return null;
        }
        try
        {
            return ClusterAuthority.Load(folder, now);
        }
        catch (CertificateException e)
        {
            problems.AddRange(e.Problems);
            return null;
        }
    }

    private static void ShowNext(Screen screen, NodeRequest request, string folder)
    {
        screen.Result($"next: copy {folder} to the machine of {request.Name}, and there");
        if (request.Roles.Contains("head"))
        {
            screen.Result($"  disttrain head RECIPE --listen 0.0.0.0:7300 --certs {folder}");
        }
        foreach (string role in request.Roles.Where(role => role != "head").Distinct())
        {
            screen.Result($"  disttrain {role} --head HEAD:7300 --certs {folder}");
        }
    }
}
