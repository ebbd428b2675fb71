using DistTrain.Benchmarks.Compare;

namespace DistTrain.Benchmarks.Clusters;

/// <summary>A network at a batch size, trained by a head and two workers, by one process of ours,
/// and by DistributedDataParallel.</summary>
/// <param name="Index">Of the network in <see cref="Network.All"/> and in the peer's script.
/// </param>
/// <param name="Layers">As the option --layers takes it.</param>
/// <param name="BatchSize">Samples in a step.</param>
/// <param name="Epochs">Of a sample of ours: a few seconds. The first does not count.</param>
internal sealed record ClusterRow(int Index, string Layers, int BatchSize, int Epochs)
{
    public static IReadOnlyList<ClusterRow> All { get; } =
    [
        new(0, "784-100:sigmoid-10:softmax", 128, 7),
        new(1, "784-128:relu-32:relu-10:softmax", 32, 3),
        new(2, "784-1024:relu-128:tanh-dropout:0.05-64:relu-10:softmax", 64, 2),
        new(2, "784-1024:relu-128:tanh-dropout:0.05-64:relu-10:softmax", 512, 4),
        new(3, "784-500:sigmoid-500:sigmoid-500:sigmoid-10:softmax", 128, 2),
    ];

    public Network Network => Network.All[Index];

    /// <summary>Samples a second.</summary>
    public List<double> Cluster { get; } = [];

    /// <summary>The same on Akka.NET, where that engine is compiled in: samples a second.</summary>
    public List<double> Akka { get; } = [];

    /// <summary>Samples a second.</summary>
    public List<double> Single { get; } = [];

    /// <summary>Samples a second.</summary>
    public List<double> Peer { get; } = [];

    /// <summary>The same in an environment that says nothing about memory: samples a second.
    /// </summary>
    public List<double> PeerAsInstalled { get; } = [];

    /// <summary>Samples of the peer that did not end, and are in neither list.</summary>
    public int DroppedOfPeer { get; set; }

    /// <summary>Bytes over loopback, a step and worker, over 4 bytes a parameter and direction.
    /// </summary>
    public List<double> Wire { get; } = [];
}
