namespace DistTrain.Wire;

/// <summary>
/// What came over the wire is refused and the connection is of no more use. The only exception
/// that bytes from outside can cause; the message is for the log and the user.
/// </summary>
public sealed class WireException(WireFault fault, string message) : Exception(message)
{
    public WireFault Fault { get; } = fault;
}

/// <summary>What is wrong with bytes that came.</summary>
public enum WireFault
{
    /// <summary>They were not written by this program.</summary>
    OtherProgram,

    /// <summary>They were written by a version of it that this one cannot talk to.</summary>
    OtherVersion,

    /// <summary>They are not what their beginning promises: cut short, of another type, out of
    /// range.</summary>
    Malformed,

    /// <summary>More than a limit or a window of credit allows.</summary>
    OverLimit,

    /// <summary>A frame that may not stand where it stands.</summary>
    OutOfOrder,
}
