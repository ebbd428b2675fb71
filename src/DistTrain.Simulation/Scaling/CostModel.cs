using System.Collections.Immutable;
using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Simulation;

/// <summary>What everything in one cluster takes, in whole nanoseconds.</summary>
internal sealed class CostModel
{
    // Numbers of a message, its name and its frame.
    private const int ControlBytes = 100;

    // A worker in an assignment.
    private const int WorkerIdBytes = 3;

    private const int ParameterBytes = 4;
    private const double BitsPerByte = 8;

    // Never reached: no epoch ends while steps are measured.
    private const long Steps = 1_000_000;

    private readonly ScalingInputs _inputs;
    private readonly ScalingNetwork _network;
    private readonly double _gbits;
    private readonly int[] _slices;

    public CostModel(
        ScalingInputs inputs, ScalingMode mode, ScalingNetwork network, double gbits, int servers,
        int workers)
    {
        _inputs = inputs;
        _network = network;
        _gbits = gbits;
        _slices = [.. ParameterInterval.Cut(network.Parameters, servers).Select(s => s.Length)];
        Workers = workers;
        Work = Workload.Of(mode, network, workers, inputs);
        Plan = new RunPlan(
            Steps, Epochs: 1, Work.Leaves, Work.Leaves, ValidationMicrobatches: 0,
            TestMicrobatches: 0, CheckpointEverySteps: 0, _slices.Length,
            ClipsGlobalNorm: false, RestoresBest: false);
    }

    public int Workers { get; }

    public int Slices => _slices.Length;

    public Workload Work { get; }

    public RunPlan Plan { get; }

    public long LatencyNanos => Whole(1000 * _inputs.LatencyMicros);

    /// <summary>Of a message, at its sender and at its receiver.</summary>
    public long PortNanos(object message, int slice) => Whole(
        (1000 * _inputs.MessageMicros) + (BytesOf(message, slice) * BitsPerByte / _gbits));

    /// <summary>What of the time to publish the largest slice is the message's and not its bytes'.
    /// </summary>
    public double MessagePart
    {
        get
        {
            double bytes = ParameterBytes * _slices.Max() * BitsPerByte / _gbits;
            double message = 1000 * _inputs.MessageMicros;
            return message == 0 ? 0 : message / (message + bytes);
        }
    }

    public long GradientNanos(TreeNode node) =>
        Whole((1000 * _inputs.WakeMicros) + (node.Length * Work.LeafNanos));

    /// <summary>The optimizer reads one contribution, or the last sum; the others are read to be
    /// combined.</summary>
    public long UpdateNanos(int slice, int contributions) => Whole(
        (1000 * _inputs.WakeMicros) + (_slices[slice]
            * (_network.UpdateNanos + ((contributions - 1) * _inputs.CombineNanos))));

    /// <param name="message">What is sent.</param>
    /// <param name="slice">The one that sends or receives it.</param>
    private long BytesOf(object message, int slice) => message switch
    {
        ParametersPublished m => TensorBytes(slice) + ControlBytes + AssignmentBytes(m.Assignment),
        Contribution => TensorBytes(slice) + ControlBytes,
        StepCompleted m => ControlBytes + AssignmentBytes(m.Assignment),
        SetAssignment m => ControlBytes + AssignmentBytes(m.Assignment),
        SliceStatus m => ControlBytes + AssignmentBytes(m.Assignment),
        _ => ControlBytes,
    };

    private long TensorBytes(int slice) => (long)ParameterBytes * _slices[slice];

    private static long AssignmentBytes(Assignment? assignment) =>
        WorkerIdBytes * (assignment?.Workers.Length ?? 0);

    private static long Whole(double nanos) => (long)Math.Round(nanos);
}
