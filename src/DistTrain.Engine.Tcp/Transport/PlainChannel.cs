using System.Runtime.InteropServices;

namespace DistTrain.Engine.Tcp;

/// <summary>Bytes as they are: for peers on this machine.</summary>
internal sealed class PlainChannel(LinkSocket socket, PeerIdentity peer)
    : LinkChannel(socket, peer)
{
    private readonly ArraySegment<byte>[] _pieces = new ArraySegment<byte>[2];
    private byte[]? _gathered;

    public override string Way => Socket.IsLocal ? "a local socket" : "TCP";

    public override int Receive(Span<byte> buffer) => Socket.Receive(buffer);

    public override bool TrySend(FrameBatch batch)
    {
        while (batch.LeftBytes > 0)
        {
            int sent = Send(batch.Copied, batch.Body);
            if (sent == 0)
            {
                return false;
            }

            batch.Advance(sent);
        }

        return true;
    }

    private int Send(ReadOnlyMemory<byte> copied, ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty || copied.IsEmpty)
        {
            return Socket.Send(copied.IsEmpty ? body.Span : copied.Span);
        }

        if (MemoryMarshal.TryGetArray(copied, out _pieces[0])
            && MemoryMarshal.TryGetArray(body, out _pieces[1]))
        {
            return Socket.Send(_pieces);
        }

        // The body is no array's, and the runtime gathers nothing else.
        _gathered ??= new byte[FrameBatch.MaximumBytes];
        copied.CopyTo(_gathered);
        body.CopyTo(_gathered.AsMemory(copied.Length));
        return Socket.Send(_gathered.AsSpan(0, copied.Length + body.Length));
    }
}
