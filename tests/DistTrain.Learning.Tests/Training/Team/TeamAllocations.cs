namespace DistTrain.Learning.Tests;

/// <summary>What work on a team's threads allocates.</summary>
internal static class TeamAllocations
{
    /// <summary>Fails if the work allocates on one of the threads every time. What the computation
    /// allocates is there each time; what the runtime puts on a thread of its own accord is not.
    /// </summary>
    public static void ShouldBeNoneOf(ComputeTeam team, Action work)
    {
        long[] before = new long[team.Members];
        long[] after = new long[team.Members];
        Action<int> readBefore = i => before[i] = GC.GetAllocatedBytesForCurrentThread();
        Action<int> readAfter = i => after[i] = GC.GetAllocatedBytesForCurrentThread();
        int tries = 0;
        do
        {
            team.RunOnEach(readBefore);
            work();
            team.RunOnEach(readAfter);
        }
        while (!after.SequenceEqual(before) && ++tries < 3);

        after.ShouldBe(before);
    }
}
