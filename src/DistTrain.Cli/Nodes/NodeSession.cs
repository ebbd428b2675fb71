using DistTrain.Engine;
using DistTrain.Engine.Tcp;

namespace DistTrain.Cli;

/// <summary>A worker or parameter server from beginning to end: signals, parent, exit code.
/// </summary>
internal static class NodeSession
{
    /// <param name="isManaged">A head started this process and answers for it.</param>
    /// <param name="log">The node's.</param>
    /// <param name="run">The node.</param>
    public static int Run(
        bool isManaged, NodeLog log, Func<CancellationToken, NodeOutcome> run)
    {
        using var interruption = new Interruption(
            () => log.Information("leaving when the work at hand is done; again: at once"),
            hearsCtrlC: !isManaged);
        if (isManaged)
        {
            ParentWatch.Start();
        }
        NodeOutcome outcome = run(interruption.Token);
        log.Information(outcome switch
        {
            NodeOutcome.RunOver => "done",
            NodeOutcome.Left => "left in order",
            _ => "ended without a run",
        });
        return outcome == NodeOutcome.Failed ? ExitCode.RunFailed : ExitCode.Done;
    }
}
