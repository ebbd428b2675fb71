using DistTrain.Learning;

namespace DistTrain.Cli;

/// <summary>What fits one engine and not another.</summary>
internal static class EngineFit
{
    /// <exception cref="RecipeException">Something does not fit.</exception>
    public static void Check(TrainRequest request, Recipe recipe, RunSettings run)
    {
        string engine = RecipeNames.Engines.Of(run.Engine);
        AkkaEngine.RefuseIfMissing("engine", engine);
        if (run.Engine == EngineKind.Akka)
        {
            return;
        }
        var wrong = new List<UsageProblem>();
        request.Akka.RefuseFor(engine, wrong);
        UsageException.ThrowIfAny(wrong);
        if (run.Engine == EngineKind.Tcp)
        {
            return;
        }
        var problems = new List<RecipeProblem>();
        if (recipe.Compression != GradientCompression.None)
        {
            problems.Add(new("compress", "is of the engine tcp: threads of one process send "
                + "nothing", "add --engine tcp, or set it to none"));
        }
        if (request.ParameterServerNodes > 0)
        {
            problems.Add(new("--parameter-server-nodes", "are of the engine tcp",
                "add --engine tcp, or use --parameter-servers for slices in this process"));
        }
        if (problems.Count > 0)
        {
            throw new RecipeException([.. problems]);
        }
    }
}
