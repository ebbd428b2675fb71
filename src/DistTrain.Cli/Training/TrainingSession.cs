using DistTrain.Engine;
using DistTrain.Learning;
using DistTrain.Numerics;
using DistTrain.Protocol;

namespace DistTrain.Cli;

/// <summary>One <c>train</c> from beginning to end.</summary>
internal static class TrainingSession
{
    public static int Run(TrainRequest request, Screen screen)
    {
        using Interruption interruption = Interruption(request, screen);
        var planned = RunPlanning.Plan(request, screen);
        if (interruption.IsRequested || interruption.Leave.IsCancellationRequested)
        {
            screen.Note("interrupted before the first step; nothing was written");
            return ExitCode.Interrupted;
        }
        IRunner runner = RunnerOf(planned, request, screen, interruption.Leave);
        // A head computes no gradient.
        using var preparation = runner is LocalRunner
            ? Preparation.Start(planned.Task,
                planned.Task.Steps.EpochOf(planned.Options.ResumeFrom?.Version ?? 0),
                planned.Options.Isa, LocalEngine.TeamMembers(planned.Task, planned.Options))
            : null;
        planned.Folder.Create();
        string resolved = RecipeWriter.ToJson(planned.Task.Recipe, planned.Run);
        File.WriteAllText(planned.Folder.Recipe, resolved);
        using var log = new RunLog(planned.Folder.Log);
        var start = new StartCatcher();
        var result = Watch(planned, runner, start, log, screen, interruption.Token);
        preparation?.Finish();
        log.Ended(Word(result.Outcome), result.Cause);
        if (result.Outcome == RunOutcome.Interrupted && !interruption.IsRequested
            && interruption.Leave.IsCancellationRequested)
        {
            screen.Note("left in order; the run goes on without this head");
            return ExitCode.Done;
        }
        var summary = Summarise(planned, resolved, result, start.Start);
        File.WriteAllText(planned.Folder.History, HistoryCsv.Format(summary.History));
        File.WriteAllText(planned.Folder.Report, ReportPage.Draw(summary));
        int code = Tell(request, screen, summary, result);
        // The head that started this one tells how the run has ended, and must not start it again.
        return request.IsManaged ? ExitCode.Done : code;
    }

    /// <summary>One head of several leaves on SIGTERM; a head that another has started leaves
    /// Ctrl-C to it.</summary>
    private static Interruption Interruption(TrainRequest request, Screen screen) => new(
        () => screen.Note("finishing the step and saving; Ctrl-C again quits at once"),
        hearsCtrlC: !request.IsManaged,
        onLeave: request is { Head: not null, IsAkka: true, Akka.Heads: > 1 }
            ? () => screen.Note("leaving; the run goes on with the other heads")
            : null);

    private static IRunner RunnerOf(
        PlannedRun planned, TrainRequest request, Screen screen, CancellationToken leave)
    {
        if (request.Head is { } place)
        {
            HeadRunner.CheckPort(place);
        }
        return planned.Run.Engine switch
        {
            EngineKind.Local => new LocalRunner(),
            EngineKind.Akka => AkkaEngine.Runner(request, screen, leave),
            _ when request.Head is { } at =>
                new HeadRunner(at, request.ParameterServerNodes, screen),
            _ => new ClusterRunner(request.ParameterServerNodes, screen),
        };
    }

    /// <summary>Runs the engine under a live bar, or a line an epoch, or in silence.</summary>
    private static RunResult Watch(PlannedRun planned, IRunner runner, StartCatcher start,
        RunLog log, Screen screen, CancellationToken stop)
    {
        var recipe = planned.Task.Recipe;
        bool isLocal = runner is LocalRunner;
        screen.Note($"{recipe.Name}: {planned.Task.Data.Training.Name}, "
            + LayersText.Format(planned.Task.Layout.InputFeatures, recipe.Layers)
            + $", {planned.Task.Layout.Count:N0} parameters");

        RunResult Engine(params IRunObserver[] observers) => runner.Run(
            planned, log, new RunObservers([start, log, .. observers]), stop);

        if (screen.IsQuiet)
        {
            return Engine();
        }
        if (!Screen.IsLive)
        {
            return Engine(new EpochLines(screen.Note, recipe.Epochs, isLocal));
        }
        var progress = new RunProgress(recipe.Epochs, isLocal ? 0 : planned.Options.MinWorkers);
        return LiveBar.Run(screen.Progress, progress,
            line => Engine(progress, new EpochLines(line, recipe.Epochs, isLocal)));
    }

    private static RunSummary Summarise(
        PlannedRun planned, string resolved, RunResult result, RunStart? started)
    {
        var data = planned.Task.Data;
        return new RunSummary
        {
            Recipe = planned.Task.Recipe,
            ResolvedJson = resolved,
            Dataset = data.Training.Name,
            TrainSamples = data.Training.Count,
            ValidationSamples = data.Validation?.Count ?? 0,
            TestSamples = data.Test?.Count ?? 0,
            Layout = planned.Task.Layout,
            Outcome = Word(result.Outcome),
            Steps = result.Steps,
            Seconds = result.Seconds,
            SamplesPerSecond = result.SamplesPerSecond,
            History = result.History.Epochs,
            Validation = result.Validation,
            Test = result.Test,
            WeightsSha256 = result.WeightsSha256,
            Isa = IsaNames.Format(planned.Options.Isa),
            Engine = RecipeNames.Engines.Of(planned.Run.Engine),
            Workers = planned.Options.Workers,
            WorkersLost = result.WorkersLost,
            ParameterServers = started?.Slices ?? planned.Options.ParameterServers ?? 1,
            Threads = started?.Threads ?? planned.Options.Threads,
            Version = ProgramVersion.Text,
            Folder = planned.Folder,
        };
    }

    private static int Tell(
        TrainRequest request, Screen screen, RunSummary summary, RunResult result)
    {
        if (result.Outcome == RunOutcome.Failed)
        {
            string saved = result.LastCheckpoint is { } path
                ? $"the last good checkpoint is {path}" : "no checkpoint had been saved yet";
            screen.Error($"the run failed: {result.Cause}", saved);
            if (result.Failure is { } failure)
            {
                screen.Trace(failure);
            }
            return ExitCode.RunFailed;
        }
        if (request.IsJson)
        {
            screen.Result(RunJson.Format(summary));
        }
        else
        {
            ResultTable.Write(screen, summary, result.SavedModel);
        }
        if (result.Outcome == RunOutcome.Completed)
        {
            return ExitCode.Done;
        }
        string how = result.LastCheckpoint is not null
            ? $"saved. Continue by: disttrain {Command(request, summary)} --resume "
                + summary.Folder.Root
            : result.Cause ?? "nothing was saved";
        screen.Note($"interrupted at step {summary.Steps:N0}; {how}");
        return ExitCode.Interrupted;
    }

    private static string Command(TrainRequest request, RunSummary summary) =>
        summary.Engine == "akka" || (request.Command == "train" && summary.Engine != "local")
            ? $"{request.Command} --engine {summary.Engine}"
            : request.Command;

    private static string Word(RunOutcome outcome) => outcome switch
    {
        RunOutcome.Completed => "completed",
        RunOutcome.Interrupted => "interrupted",
        _ => "failed",
    };

    /// <summary>Remembers what the engine chose.</summary>
    private sealed class StartCatcher : IRunObserver
    {
        public RunStart? Start { get; private set; }

        public void OnStarted(RunStart start) => Start = start;

        public void OnStep(in StepProgress step)
        {
        }

        public void OnEpoch(EpochRecord epoch)
        {
        }

        public void OnEvent(RunEvent runEvent)
        {
        }
    }
}
