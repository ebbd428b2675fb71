using Akka.Actor;
using DistTrain.Wire;

namespace DistTrain.Engine.Akka;

/// <summary>
/// What is told of lanes. Called on the actor of the lane, one call at a time for a lane, several
/// lanes at once.
/// </summary>
internal interface ILaneHandler
{
    /// <summary>Tensors of all lanes are sent from here.</summary>
    ITensorSource Source { get; }

    /// <summary>Where tensors of a node go. Asked once for a lane, before anything comes on it.
    /// </summary>
    ITensorSink SinkFor(Address from);

    /// <summary>A message, its tensor included. Its credit goes back once this returns.</summary>
    /// <param name="from">The node that sent it.</param>
    /// <param name="message">Check that the node has the role that sends such messages.</param>
    /// <param name="back">The lane to that node.</param>
    void OnMessage(Address from, IncomingMessage message, IMessageLink back);

    /// <summary>A message, or a lane with all that was under way on it, that was put aside.
    /// </summary>
    void OnRefused(Address from, string why);

    /// <summary>The lane to a node is over, what was queued on it will not arrive. Another one is
    /// being opened, also if the node has gone: until it is forgotten.</summary>
    void OnBroken(Address node, string why);

    /// <summary>A bug: a call to this handler, or to a source or sink of its, threw. The lane is
    /// over.</summary>
    void OnFault(Exception e);
}
