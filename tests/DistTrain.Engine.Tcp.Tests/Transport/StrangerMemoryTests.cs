using System.Net.Sockets;

namespace DistTrain.Engine.Tcp.Tests;

/// <summary>Looks at the memory of the whole process, so nothing else may run beside it.</summary>
[CollectionDefinition(nameof(StrangerMemoryTests), DisableParallelization = true)]
[Collection(nameof(StrangerMemoryTests))]
public sealed class StrangerMemoryTests
{
    /// <summary>As many as one address may have at once.</summary>
    private static readonly int Strangers = LinkOptions.Default.StrangersOfAddress;

    /// <summary>On a busy machine one in ten was a megabyte too large; what else the process held
    /// just then is not known. What strangers cost is in each of them.</summary>
    private const int Measurements = 5;

    [Fact]
    public void A_stranger_costs_a_few_kilobytes()
    {
        using var cluster = new TestCluster();
        MeasureStrangers(cluster, 4);
        long bytes = Enumerable.Range(0, Measurements)
            .Min(_ => MeasureStrangers(cluster, Strangers)) / Strangers;
        bytes.ShouldBeLessThan(24 << 10);
    }

    /// <summary>Bytes that strangers take on the managed heap while they are there, one that proved
    /// itself included, which costs most.</summary>
    private static long MeasureStrangers(TestCluster cluster, int count)
    {
        long before = LiveBytes();
        Socket[] strangers = [.. Enumerable.Range(0, count).Select(_ => cluster.Prove())];
        foreach (Socket socket in strangers)
        {
            socket.ReadExactly(8);
        }

        long after = LiveBytes();
        foreach (Socket socket in strangers)
        {
            socket.Dispose();
        }

        cluster.WaitUntil(() => cluster.Listener.Strangers == 0);
        return after - before;
    }

    /// <summary>GC.GetTotalMemory(true) ends when two collections differ by less than 5 %, which is
    /// a megabyte where tests before this one have left tens of them.</summary>
    private static long LiveBytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return GC.GetTotalMemory(forceFullCollection: false);
    }
}
