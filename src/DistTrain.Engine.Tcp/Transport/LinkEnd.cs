namespace DistTrain.Engine.Tcp;

/// <summary>How a link ended.</summary>
internal enum LinkEndKind
{
    /// <summary>The connection broke, or the other end hung up without a word.</summary>
    Lost,

    /// <summary>Nothing came from the other end for too long.</summary>
    Silent,

    /// <summary>What came cannot be accepted, or the other end was not let in.</summary>
    Refused,

    /// <summary>The other end does not want this node: dialling again is of no use.</summary>
    TurnedAway,

    /// <summary>The other end said that it goes.</summary>
    Farewell,

    /// <summary>By this node.</summary>
    Closed,
}

/// <summary>How a link ended, and why.</summary>
/// <param name="Kind">How.</param>
/// <param name="Cause">For the log and the user, without the peer's name.</param>
/// <param name="IsDone">A farewell: the run is over.</param>
internal sealed record LinkEnd(LinkEndKind Kind, string Cause, bool IsDone = false);
