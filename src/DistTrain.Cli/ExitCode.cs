namespace DistTrain.Cli;

/// <summary>What the shell is told; scripts rely on these numbers.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>The run failed: what, where and what is saved stands on stderr.</summary>
    public const int RunFailed = 1;

    /// <summary>Bad usage or configuration; every problem stands on stderr.</summary>
    public const int BadUsage = 2;

    /// <summary>Data or a model is missing or corrupt.</summary>
    public const int BadData = 3;

    /// <summary>Interrupted; a checkpoint is saved.</summary>
    public const int Interrupted = 130;
}
