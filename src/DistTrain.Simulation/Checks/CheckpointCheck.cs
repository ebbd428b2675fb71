namespace DistTrain.Simulation;

/// <summary>A checkpoint is of one version, and whole.</summary>
internal sealed class CheckpointCheck(int slices) : Observer
{
    public override void OnWritten(long time, int node, DtmFile file)
    {
        bool isWhole = file.Slices.Length == slices;
        if (!isWhole || file.Slices.Any(s => s is null || s.Version != file.Version))
        {
            string versions = string.Join(", ", file.Slices.Select(s => s?.Version));
            throw new CheckFailedException(
                "checkpoints", $"that of step {file.Version} has slices at {versions}");
        }
    }
}
