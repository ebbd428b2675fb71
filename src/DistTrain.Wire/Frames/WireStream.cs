namespace DistTrain.Wire;

/// <summary>
/// What shares a connection. On each stream messages go one after another, tensor and all; streams
/// overtake each other between frames. The numbers are the wire's.
/// </summary>
public enum WireStream
{
    /// <summary>Messages without tensors; always first.</summary>
    Control = 0,

    /// <summary>What a step waits for: parameters, gradients, metrics, norms.</summary>
    Step = 1,

    /// <summary>What it does not wait for: copies for checkpoints, data sets.</summary>
    Bulk = 2,
}

/// <summary>What is fixed for a stream; both ends know it.</summary>
internal static class WireStreams
{
    public const int Count = 3;

    /// <summary>After so many frames of the step's, one of the bulk's, if both have any.</summary>
    public const int StepFramesInTurn = 7;

    /// <summary>Bytes of payload that may be on their way or not yet handled. A quarter of it is
    /// the least that is given back at once, and takes any frame.</summary>
    public static int WindowBytes(this WireStream stream) => stream switch
    {
        WireStream.Control => 1 << 20,
        WireStream.Step => 16 << 20,
        _ => 4 << 20,
    };

    /// <summary>A tensor of a step may be larger than the window: its bytes are given back as they
    /// reach their place. Those of the bulk are given back when the message is handled, so that
    /// the window bounds the memory taken.</summary>
    public static bool ReturnsChunksAtOnce(this WireStream stream) => stream == WireStream.Step;

    /// <summary>A tensor of the bulk must leave room in the window for what was not given back.
    /// </summary>
    public static int TensorBytes(this WireStream stream) => stream switch
    {
        WireStream.Control => 0,
        WireStream.Step => WireLimits.TensorBytes,
        _ => stream.WindowBytes() / 2,
    };
}
