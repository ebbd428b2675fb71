using Akka.Actor;
using DistTrain.Engine.Akka;

namespace DistTrain.Benchmarks.Wire.Akka;

/// <summary>Sends pieces of 64 KB, of which as many are under way as on a lane.</summary>
internal sealed class AskingActor : ReceiveActor
{
    public const string Stream = "stream";

    /// <summary>No tensor here is a whole number of them: the last one is shorter.</summary>
    public const int PieceBytes = 64 * 1024;

    private readonly ActorSelection _there;
    private readonly BareActorNode _node;
    private readonly byte[] _small = new byte[WireRows.SmallBytes];
    private long _bytesLeft;
    private int _underWay;
    private bool _streams;

    public AskingActor(ActorSelection there, BareActorNode node)
    {
        _there = there;
        _node = node;
        Receive<int>(OnAsk, _ => Sender.IsNobody());
        Receive<string>(_ => OnStream());
        Receive<int>(OnTaken);
        Receive<byte[]>(_ => _node.BeAnswered());
    }

    private void OnAsk(int bytes)
    {
        if (bytes == 0)
        {
            _there.Tell(_small, Self);
            return;
        }

        _bytesLeft = bytes;
        Send();
    }

    private void OnStream()
    {
        _streams = true;
        _bytesLeft = long.MaxValue;
        Send();
    }

    /// <summary>Pieces that arrived.</summary>
    private void OnTaken(int pieces)
    {
        _underWay -= pieces;
        if (_streams)
            _node.Streamed((long)pieces * PieceBytes);
        else if (_underWay == 0 && _bytesLeft == 0)
            _node.BeAnswered();
        Send();
    }

    /// <summary>Each piece is an array of its own, as a sender's copy would be.</summary>
    private void Send()
    {
        while (_underWay < LaneSettings.Default.WindowFrames && _bytesLeft > 0)
        {
            int bytes = (int)Math.Min(_bytesLeft, PieceBytes);
            _there.Tell(GC.AllocateUninitializedArray<byte>(bytes), Self);
            _bytesLeft -= bytes;
            _underWay++;
        }
    }
}

/// <summary>Sends small messages back, and acknowledges pieces.</summary>
internal sealed class AnsweringActor : ReceiveActor
{
    private int _pieces;

    public AnsweringActor() => Receive<byte[]>(OnBytes);

    private void OnBytes(byte[] bytes)
    {
        if (bytes.Length == WireRows.SmallBytes)
        {
            Sender.Tell(bytes, Self);
            return;
        }

        _pieces++;
        bool isLast = bytes.Length < AskingActor.PieceBytes;
        if (isLast || _pieces == LaneSettings.Default.CreditFrames)
        {
            Sender.Tell(_pieces, Self);
            _pieces = 0;
        }
    }
}
