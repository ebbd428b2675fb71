using DistTrain.Protocol;

namespace DistTrain.Cli;

/// <summary>What happened in a run, as a sentence.</summary>
internal static class RunEventText
{
    public static string Of(RunEvent e) => e switch
    {
        WorkerJoinedRun j => $"worker {j.Worker.Value} joined, {j.Workers} in all",
        WorkerLeftRun l => $"worker {l.Worker.Value} left ({l.Cause}), {l.Workers} remain",
        WorkRecomputed r => $"worker {r.By.Value} computes {r.Nodes.Length} lost pieces of "
            + $"step {r.Step} again",
        WorkDuplicated d => $"worker {d.By.Value} computes {d.Nodes.Length} late pieces of "
            + $"step {d.Step} too",
        SliceLeftRun s => $"parameter slice {s.Slice.Value} was lost ({s.Cause})",
        RunRolledBack b => $"all slices go back to step {b.Version}: {b.Cause}",
        CoordinatorTookOver t => $"another coordinator goes on from step {t.Version}",
        EpochFinished f => $"epoch {f.Epoch + 1} ended at version {f.Version}",
        CheckpointWritten c => $"checkpoint of step {c.Version} written",
        CheckpointSkipped s => $"checkpoint of step {s.Version} not written: {s.Cause}",
        _ => e.ToString(),
    };

    /// <summary>True for what a user should see at once, not only in the log.</summary>
    public static bool IsWarning(RunEvent e) =>
        e is WorkerLeftRun or CheckpointSkipped or WorkRecomputed
            or SliceLeftRun or RunRolledBack or CoordinatorTookOver;
}
