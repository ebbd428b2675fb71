using DistTrain.Wire;

namespace DistTrain.Engine.Tcp;

/// <summary>
/// What is told of links. Called on a link's receiving thread, one call at a time for a link: while
/// a call lasts nothing more is received on it. What is thrown ends the process: a bug.
/// </summary>
internal interface ILinkHandler
{
    /// <summary>Tensors of all links are sent from here.</summary>
    ITensorSource Source { get; }

    /// <summary>Asked once for a link, before <see cref="OnOpen"/>.</summary>
    ITensorSink SinkFor(Link link);

    /// <summary>Connected, both ends proven, the wire's version agreed; a server has heard its
    /// peer's <see cref="Hello"/>.</summary>
    void OnOpen(Link link);

    /// <summary>The handler calls <see cref="Link.Release"/> once the message is handled.</summary>
    void OnMessage(Link link, IncomingMessage message);

    /// <summary>A message that was put aside; the link goes on.</summary>
    void OnRefused(Link link, string why);

    /// <summary>Once, and last, for a link that was opened.</summary>
    void OnClosed(Link link, LinkEnd end);
}
