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
///       │◄── 16 bytes: the shared memory's name ──│   by the local name only;
///       │── 1: it is mapped; 0: it is not ───────►│   zeros: there is none
/// </para>
/// </summary>
internal sealed class TokenSecurity(RunToken token) : LinkSecurity
{
    private const int NonceBytes = 16;
    private const int SignatureBytes = HMACSHA256.HashSizeInBytes;

    /// <summary>Of shared memory: to the server, to the client.</summary>
    private const int Rings = 2;

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
        return socket.IsLocal ? Share(socket) : new PlainChannel(socket, Peer);
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
        return socket.IsLocal ? TakePart(socket) : new PlainChannel(socket, Peer);
    }

    private static LinkChannel Share(LinkSocket socket)
    {
        Span<byte> name = stackalloc byte[SharedSegment.NameBytes];
        RandomNumberGenerator.Fill(name);
        SharedSegment? memory = SharedSegment.TryCreate(name, Rings);
        Span<byte> isMapped = stackalloc byte[1];
        try
        {
            socket.SendAll(memory is null ? new byte[SharedSegment.NameBytes] : name);
            socket.ReceiveExactly(isMapped);
        }
        catch
        {
            memory?.Dispose();
            throw;
        }
        finally
        {
            SharedSegment.Forget(name);
        }

        if (memory is not null && isMapped[0] == 1)
        {
            return new SharedChannel(socket, Peer, memory, memory.Rings[0], memory.Rings[1]);
        }

        memory?.Dispose();
        return new PlainChannel(socket, Peer);
    }

    private static LinkChannel TakePart(LinkSocket socket)
    {
        Span<byte> name = stackalloc byte[SharedSegment.NameBytes];
        socket.ReceiveExactly(name);
        SharedSegment? memory = name.ContainsAnyExcept((byte)0)
            ? SharedSegment.TryOpen(name, Rings)
            : null;
        socket.SendAll([(byte)(memory is null ? 0 : 1)]);
        return memory is null
            ? new PlainChannel(socket, Peer)
            : new SharedChannel(socket, Peer, memory, memory.Rings[1], memory.Rings[0]);
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
