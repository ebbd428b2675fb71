using DistTrain.Engine;
using DistTrain.Learning;
using DistTrain.Numerics;

namespace DistTrain.Cli;

/// <summary>A run that nothing stands against any more, and where it writes.</summary>
/// <param name="Task">What defines the numbers.</param>
/// <param name="Run">How to run it.</param>
/// <param name="Options">The same for the engine, every choice made.</param>
/// <param name="Folder">Not made yet.</param>
internal sealed record PlannedRun(
    TrainingTask Task, RunSettings Run, RunOptions Options, RunFolder Folder);

/// <summary>From a request to a run: recipe, data, checkpoint, folder, each checked.</summary>
internal static class RunPlanning
{
    public static PlannedRun Plan(TrainRequest request, Screen screen)
    {
        try
        {
            return PlanByKeys(request, screen);
        }
        catch (RecipeException e)
        {
            throw new RecipeException([.. e.Problems.Select(p => Relabel(p, request))]);
        }
    }

    /// <summary>Calls a key by the option that the user typed.</summary>
    private static RecipeProblem Relabel(RecipeProblem problem, TrainRequest request) =>
        request.Overrides.FirstOrDefault(o => o.Key == problem.Key) is { } typed
            ? problem with { Key = typed.Option }
            : problem;

    private static PlannedRun PlanByKeys(TrainRequest request, Screen screen)
    {
        var source = request.Resume is null ? null : RunFolder.ToResume(request.Resume);
        var checkpoint = source is null ? null : NewestCheckpoint(source, screen);
        var (recipe, run) = ReadRecipe(request, checkpoint);
        EngineFit.Check(request, recipe, run);
        var isa = ChooseIsa(run.Isa);
        if (checkpoint is not null)
        {
            RefuseDifferences(checkpoint, recipe);
        }
        var folder = source is not null && request.Out is null
            ? source
            : request is { IsManaged: true, Out: { } given }
            ? RunFolder.OfNode(given)
            : RunFolder.ForNewRun(request.Out, recipe.Name, DateTime.Now);
        var data = DataLoader.Load(recipe.Data, DataFolders.FromEnvironment());
        if (checkpoint is not null)
        {
            RefuseOtherData(checkpoint, data);
        }
        var task = TrainingTask.Create(recipe, data);
        int workers = request.Head is null ? Environment.ProcessorCount : 1;
        return new PlannedRun(task, run, Choose(run, workers, isa, folder, checkpoint), folder);
    }

    private static RecipeFile ReadRecipe(TrainRequest request, Checkpoint? checkpoint) =>
        checkpoint is null || request.Recipe is not null
            ? RecipeLocator.Read(request.Recipe ?? RecipeLocator.Default, request.Overrides)
            : RecipeReader.Parse(checkpoint.RecipeJson, request.Overrides);

    private static Checkpoint NewestCheckpoint(RunFolder source, Screen screen)
    {
        var folder = new CheckpointFolder(source.Checkpoints, keep: 1);
        var newest = folder.NewestGood(out var damaged);
        foreach (string problem in damaged)
        {
            screen.Warning(problem);
        }
        if (newest is null)
        {
            throw new CommandException(ExitCode.BadData,
                $"{source.Checkpoints} holds no checkpoint that can be read",
                "begin the run anew, without --resume");
        }
        return newest;
    }

    private static void RefuseDifferences(Checkpoint checkpoint, Recipe recipe)
    {
        var before = RecipeReader.Parse(checkpoint.RecipeJson).Recipe;
        var differences = RecipeComparison.BitRelevantDifferences(before, recipe);
        if (differences.Count > 0)
        {
            throw new RecipeException([.. differences.Select(d => new RecipeProblem(
                d.Key, $"is {d.After}, but the run to resume has {d.Before}",
                "a resumed run must keep it, or its weights would be others"))]);
        }
    }

    private static void RefuseOtherData(Checkpoint checkpoint, DataSplit data)
    {
        var before = checkpoint.Data;
        var now = DataIdentity.Of(data);
        if (now.TrainingSha256 != before.TrainingSha256
            || now.ValidationSha256 != before.ValidationSha256)
        {
            throw new RecipeException(new RecipeProblem("data",
                $"the samples of {now.Name} are not those of the run to resume ({before.Name})",
                "give --data the set that the run began with"));
        }
    }

    private static Isa ChooseIsa(Isa? wanted)
    {
        if (wanted is not { } isa)
        {
            return IsaSupport.Best;
        }
        if (!IsaSupport.IsSupported(isa))
        {
            throw new CommandException(ExitCode.BadUsage,
                $"this machine has no {IsaNames.Format(isa)}",
                "it has " + string.Join(", ", IsaSupport.Available.Select(IsaNames.Format)));
        }
        return isa;
    }

    private static RunOptions Choose(
        RunSettings run, int workers, Isa isa, RunFolder folder, Checkpoint? checkpoint) => new()
        {
            Workers = run.Workers ?? Math.Max(run.MinWorkers, workers),
            MinWorkers = run.MinWorkers,
            Threads = run.Threads ?? Environment.ProcessorCount,
            ParameterServers = run.ParameterServers,
            Isa = isa,
            CheckpointEverySteps = run.CheckpointEvery ?? 0,
            Keep = run.Keep,
            OutFolder = folder.Root,
            ResumeFrom = checkpoint,
        };
}
