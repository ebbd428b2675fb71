namespace DistTrain.Wire;

/// <summary>What the engine hears of a connection; called by whoever feeds it bytes.</summary>
public interface IWireEvents
{
    /// <summary>A message, its tensor included. When it is handled, its credit goes back by
    /// <see cref="WireConnection.Release"/>.</summary>
    void OnMessage(IncomingMessage message);

    /// <summary>A message that was put aside, and why; the connection goes on.</summary>
    void OnRefused(long number, string why);

    /// <summary>The answer to a ping.</summary>
    void OnPong(long value);
}

/// <summary>A message that came.</summary>
/// <param name="Content">A record of the protocol, or a <see cref="NodeMessage"/>.</param>
/// <param name="From">The role that sends such messages: check that the other node has it.</param>
/// <param name="Stream">On which it came.</param>
/// <param name="CreditBytes">What it takes of the stream's window until it is released.</param>
/// <param name="Recipient">The slice or worker of this node that it is for.</param>
public readonly record struct IncomingMessage(
    object Content, Role From, WireStream Stream, int CreditBytes, int Recipient = 0);
