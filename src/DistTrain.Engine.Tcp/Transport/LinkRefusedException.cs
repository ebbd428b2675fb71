namespace DistTrain.Engine.Tcp;

/// <summary>Why a connection did not become a link.</summary>
internal enum RefusalCause
{
    /// <summary>Too many others were in their handshake.</summary>
    TooMany,

    /// <summary>The handshake was not done in time.</summary>
    TooSlow,

    /// <summary>It ended in the midst of it.</summary>
    HungUp,

    /// <summary>No DistTrain node, or one of another version.</summary>
    OtherProgram,

    WrongToken,

    /// <summary>None, of another CA, out of date, or for another name or role.</summary>
    BadCertificate,

    /// <summary>What came first was no valid hello.</summary>
    BadHello,

    /// <summary>It says that it is what its certificate does not allow.</summary>
    WrongRole,
}

/// <summary>A connection is not let in; the message says why.</summary>
internal sealed class LinkRefusedException(
    RefusalCause reason, string message, Exception? cause = null) : Exception(message, cause)
{
    public RefusalCause Reason { get; } = reason;
}
