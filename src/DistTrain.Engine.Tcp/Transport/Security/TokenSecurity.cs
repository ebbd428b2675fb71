using System.Security.Cryptography;

namespace DistTrain.Engine.Tcp;

/// <summary>
/// Both ends show that they know the run's token without sending it. Each signs numbers drawn by
/// both, so that nothing overheard can be used again, and a false server learns nothing: the real
/// one proves itself first. What follows is neither encrypted nor signed, so this is for one
/// machine.
/// <para>
///     client                                   server
///       │── "\x89DTK", c (16 random bytes) ──────►│
///       │◄── s (16 random bytes), HMAC("S" c s) ──│
///       │── HMAC("C" c s) ───────────────────────►│
/// </para>
/// Then who came by the local name is offered memory (<see cref="SharedHandshake"/>).
/// </summary>
internal sealed class TokenSecurity(RunToken token) : LinkSecurity
{
    private const int NonceBytes = 16;
    private const int SignatureBytes = HMACSHA256.HashSizeInBytes;

    private static readonly PeerIdentity Peer = new("this machine", NodeRoles.All);

    public override bool IsEncrypted => false;

    private static ReadOnlySpan<byte> Magic => [0x89, (byte)'D', (byte)'T', (byte)'K'];

    internal override LinkChannel Accept(LinkSocket socket)
    {
        Span<byte> nonces = stackalloc byte[2 * NonceBytes];
        Span<byte> magic = stackalloc byte[Magic.Length];
        socket.ReceiveExactly(magic);
        if (!magic.SequenceEqual(Magic))
        {
            throw new LinkRefusedException(RefusalCause.OtherProgram, Guess(magic));
        }

        socket.ReceiveExactly(nonces[..NonceBytes]);
        Span<byte> answer = stackalloc byte[NonceBytes + SignatureBytes];
        RandomNumberGenerator.Fill(answer[..NonceBytes]);
        answer[..NonceBytes].CopyTo(nonces[NonceBytes..]);
        Sign((byte)'S', nonces, answer[NonceBytes..]);
        socket.SendAll(answer);

        Span<byte> theirs = stackalloc byte[SignatureBytes];
        socket.ReceiveExactly(theirs);
        Check((byte)'C', nonces, theirs, "it does not know this run's token");
        return SharedHandshake.Offer(socket, Peer);
    }

    internal override LinkChannel Connect(LinkSocket socket, string host, NodeRoles roles)
    {
        Span<byte> nonces = stackalloc byte[2 * NonceBytes];
        RandomNumberGenerator.Fill(nonces[..NonceBytes]);
        socket.SendAll([.. Magic, .. nonces[..NonceBytes]]);

        Span<byte> answer = stackalloc byte[NonceBytes + SignatureBytes];
        socket.ReceiveExactly(answer);
        answer[..NonceBytes].CopyTo(nonces[NonceBytes..]);
        Check((byte)'S', nonces, answer[NonceBytes..],
            "it does not know the token: it is of another run, or no DistTrain node");

        Span<byte> signature = stackalloc byte[SignatureBytes];
        Sign((byte)'C', nonces, signature);
        socket.SendAll(signature);
        return SharedHandshake.Take(socket, Peer);
    }

    private void Sign(byte end, ReadOnlySpan<byte> nonces, Span<byte> signature) =>
        token.Sign([end, .. nonces], signature);

    private void Check(
        byte end, ReadOnlySpan<byte> nonces, ReadOnlySpan<byte> theirs, string otherwise)
    {
        Span<byte> right = stackalloc byte[SignatureBytes];
        Sign(end, nonces, right);
        if (!CryptographicOperations.FixedTimeEquals(right, theirs))
        {
            throw new LinkRefusedException(RefusalCause.WrongToken, otherwise);
        }
    }

    private static string Guess(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [0x16, 0x03, ..] => "it speaks TLS, and this node has no certificates (--certs DIR)",
        [0x89, (byte)'D', (byte)'T', (byte)'W'] => "it came without this run's token",
        _ => $"it is no DistTrain node: it began with {Convert.ToHexStringLower(bytes)}",
    };
}
