namespace DistTrain.Simulation;

/// <summary>
/// Where the user gets the model from once the run is complete: the slices that hold it, or the
/// last checkpoint. If all are gone at that very moment, the user has to resume.
/// </summary>
internal static class FinalModel
{
    public static bool CanBeHad(World world, SliceDirectory directory) =>
        IsHeldBySlices(world, directory) || IsOnDisk(world);

    private static bool IsHeldBySlices(World world, SliceDirectory directory)
    {
        for (int slice = 0; slice < directory.Places.Length; slice++)
        {
            SliceHost? host = world.Nodes[directory.Places[slice].Node].Process?.SliceAt(slice);
            if (host?.State.Version != world.Computation.Oracle.FinalVersion)
            {
                return false;
            }
        }

        return directory.Places.Length == world.Scenario.Plan.Slices;
    }

    // The newest file holds the last version, and the best one besides.
    private static bool IsOnDisk(World world) =>
        world.Nodes.Any(n => n.Disk.NewestGood()?.Version == world.Computation.Oracle.Steps);
}
