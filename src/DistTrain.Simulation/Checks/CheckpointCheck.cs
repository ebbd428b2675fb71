using DistTrain.Protocol;

namespace DistTrain.Simulation;

/// <summary>A checkpoint is of one version, and whole; a run that completes has written its last.
/// </summary>
/// <param name="slices">In a whole one.</param>
/// <param name="steps">The version of the last one.</param>
internal sealed class CheckpointCheck(int slices, long steps) : Observer
{
    private const string Name = "checkpoints";

    private bool _isLastWritten;

    public override void OnWritten(long time, int node, DtmFile file)
    {
        bool isWhole = file.Slices.Length == slices;
        if (!isWhole || file.Slices.Any(s => s is null || s.Version != file.Version))
        {
            string versions = string.Join(", ", file.Slices.Select(s => s?.Version));
            throw new CheckFailedException(
                Name, $"that of step {file.Version} has slices at {versions}");
        }

        _isLastWritten |= file.Version == steps;
    }

    public override void OnEnded(long time, RoleHost coordinator, EndRun end)
    {
        if (end.Outcome == RunOutcome.Completed && !_isLastWritten)
        {
            throw new CheckFailedException(
                Name, $"the run completes and that of step {steps} was never written");
        }
    }
}
