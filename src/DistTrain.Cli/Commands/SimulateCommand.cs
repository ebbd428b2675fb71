using System.CommandLine;
using System.Diagnostics;
using DistTrain.Simulation;

namespace DistTrain.Cli;

/// <summary>disttrain simulate</summary>
internal static class SimulateCommand
{
    public static Command Create()
    {
        var command = new Command("simulate",
            "Runs whole clusters in virtual time, with faults drawn from a seed, and checks that "
            + "every one of them trains the same weights, to the last bit.");
        var seed = new Option<long>("--seed")
        {
            HelpName = "S",
            Description = "What everything is drawn from: without --seeds its story is told",
            DefaultValueFactory = _ => 1,
        };
        var seeds = new Option<int?>("--seeds")
        {
            HelpName = "N",
            Description = "Run seeds S … S + N − 1 on all cores, and sum up",
        };
        var real = new Option<bool>("--real")
        {
            Description = "Train a tiny network by the kernels, instead of symbols",
        };
        var scenario = CommonOptions.Text(
            "--scenario", "FILE", "Replay a scenario as a failure prints it, instead of a seed");
        var json = CommonOptions.Json();
        var quiet = CommonOptions.Quiet();
        var verbose = CommonOptions.Verbose();
        foreach (Option option in (Option[])[seed, seeds, real, scenario, json, quiet, verbose])
        {
            command.Add(option);
        }

        var scaling = new ScalingOptions(command);
        HelpWithExamples.Install(command,
            [
                "disttrain simulate --seed 17", "disttrain simulate --seed 1 --seeds 2000",
                "disttrain simulate --scaling --network 784-100-10 --bandwidth 10",
            ]);
        command.SetAction(parsed =>
        {
            var screen = CommonOptions.Screen(parsed, quiet, verbose);
            bool isReal = parsed.GetValue(real);
            bool isJson = parsed.GetValue(json);
            if (scaling.AreChosen(parsed))
            {
                Refuse(Given(parsed, seed, seeds, real, scenario), "not with --scaling");
                return ScalingCommand.Run(screen, scaling.Read(parsed), isJson);
            }

            Refuse(scaling.WithoutScaling(parsed), "only with --scaling");
            long first = parsed.GetValue(seed);
            if (parsed.GetValue(scenario) is { } file)
            {
                Refuse(Given(parsed, seed, seeds, json), "not with --scenario");
                return Replay(screen, TextOf(file), isReal);
            }

            int? count = parsed.GetValue(seeds);
            return count is null && !isJson
                ? Tell(screen, first, isReal)
                : Sweep(screen, first, Checked(count ?? 1), isReal, isJson);
        });
        return command;
    }

    private static string TextOf(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.BadUsage, $"--scenario: {e.Message}");
        }
    }

    private static IEnumerable<string> Given(ParseResult parsed, params Option[] options) =>
        from option in options
        where parsed.GetResult(option) is { } result
            && result is not System.CommandLine.Parsing.OptionResult { Implicit: true }
        select option.Name;

    private static void Refuse(IEnumerable<string> options, string why)
    {
        string names = string.Join(", ", options);
        if (names.Length > 0)
        {
            throw new CommandException(ExitCode.BadUsage, $"{names}: {why}");
        }
    }

    private static int Checked(int seeds) => seeds >= 1
        ? seeds
        : throw new CommandException(
            ExitCode.BadUsage, $"--seeds is {seeds}", "give 1 or more");

    private static int Tell(Screen screen, long seed, bool isReal)
    {
        var (result, transcript) = Simulator.RunWithTranscript(seed, isReal, screen.IsVerbose);
        screen.Result(transcript.TrimEnd());
        screen.Result(SimulationText.EndOf(result));
        return result.Failure is null ? ExitCode.Done : ShowShrunk(screen, result, isReal);
    }

    private static int Replay(Screen screen, string scenario, bool isReal)
    {
        try
        {
            var (result, transcript) =
                Simulator.Replay(scenario, isReal, screen.IsVerbose);
            screen.Result(transcript.TrimEnd());
            screen.Result(SimulationText.EndOf(result));
            return result.Failure is null ? ExitCode.Done : ExitCode.RunFailed;
        }
        catch (FormatException e)
        {
            throw new CommandException(ExitCode.BadUsage, e.Message);
        }
    }

    private static int Sweep(Screen screen, long first, int seeds, bool isReal, bool isJson)
    {
        var clock = Stopwatch.StartNew();
        using var interruption = new Interruption(() => screen.Note("stopping"));
        SweepSummary summary = SeedSweep.Run(
            first, seeds, isReal, ProgressOf(screen, seeds), interruption.Token);
        double seconds = clock.Elapsed.TotalSeconds;
        screen.Result(isJson
            ? SimulationJson.Format(summary, seconds)
            : SimulationText.Summary(summary, seconds));
        if (summary.Failed.Count > 0)
        {
            return isJson ? ExitCode.RunFailed : ShowShrunk(screen, summary.Failed.First(), isReal);
        }

        return interruption.IsRequested ? ExitCode.Interrupted : ExitCode.Done;
    }

    private static Action<int> ProgressOf(Screen screen, int seeds) => done =>
    {
        if (done % 5_000 == 0)
        {
            screen.Note($"{done:N0} of {seeds:N0} seeds");
        }
    };

    private static int ShowShrunk(Screen screen, SeedResult failed, bool isReal)
    {
        screen.Error(
            $"seed {failed.Seed} failed: {failed.Failure!.Message}",
            "below is what it takes; keep it in a file and replay it by --scenario FILE");
        var (scenario, transcript) = Simulator.Shrink(failed.Seed, isReal);
        screen.Result(scenario);
        screen.Result(transcript.TrimEnd());
        return ExitCode.RunFailed;
    }
}
