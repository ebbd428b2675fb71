using System.Net.Security;

namespace DistTrain.Engine.Tcp;

/// <summary>Encrypted bytes, between any machines.</summary>
internal sealed class TlsChannel(
    LinkSocket socket, PeerIdentity peer, SslStream tls, TlsTransport transport)
    : LinkChannel(socket, peer)
{
    public override string Way => "TLS";

    public override bool HasUnsent => transport.HasUnsent;

    public override int Receive(Span<byte> buffer) => tls.Read(buffer);

    public override bool TrySend(FrameBatch batch)
    {
        if (!transport.TrySend())
        {
            return false;
        }

        if (batch.LeftBytes > 0)
        {
            tls.Write(batch.Copied.Span);
            if (!batch.Body.IsEmpty)
            {
                tls.Write(batch.Body.Span);
            }

            batch.Advance(batch.LeftBytes);
        }

        return transport.TrySend();
    }

    public override void Dispose()
    {
        tls.Dispose();
        base.Dispose();
    }
}
