using System.Net.Sockets;

namespace DistTrain.Engine.Tcp.Tests;

/// <summary>
/// The test assembly started as a program: prints what a stranger costs. In a process of its own,
/// since it looks at the memory of all of it, where threads of earlier tests may still be at work.
/// </summary>
internal static class StrangerChild
{
    public const string Verb = "strangers";

    /// <summary>What else the process makes or drops just then, such as what a thread still holds
    /// of the strangers before, is in few of them: the middle one tells what strangers cost.
    /// </summary>
    private const int Measurements = 9;

    /// <summary>As many as one address may have at once.</summary>
    private static readonly int Strangers = LinkOptions.Default.StrangersOfAddress;

    public static int Main(string[] args)
    {
        if (args is not [Verb])
        {
            Console.Error.WriteLine($"Run by the tests, as: {Verb}");
            return 2;
        }

        using var cluster = new TestCluster();
        MeasureStrangers(cluster, 4);
        long[] costs =
        [
            .. Enumerable.Range(0, Measurements)
                .Select(_ => MeasureStrangers(cluster, Strangers)),
        ];
        Console.WriteLine(costs.Order().ElementAt(Measurements / 2) / Strangers);
        return 0;
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

    /// <summary>GC.GetTotalMemory(true) ends when two collections differ by less than 5 %.
    /// </summary>
    private static long LiveBytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return GC.GetTotalMemory(forceFullCollection: false);
    }
}
