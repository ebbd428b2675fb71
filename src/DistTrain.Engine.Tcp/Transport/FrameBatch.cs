using DistTrain.Wire;

namespace DistTrain.Engine.Tcp;

/// <summary>
/// What is written with one call: small frames copied together, and behind them at most one body
/// that stays where it is.
/// </summary>
internal sealed class FrameBatch
{
    public const int MaximumBytes = CopiedBytes + WireLimits.PayloadBytes;

    /// <summary>Up to here a copy costs less than a piece of its own in a gathering write.
    /// </summary>
    private const int SmallBytes = 1_024;
    private const int CopiedBytes = 8_192;
    private const int FrameHeadBytes = 16;

    private readonly byte[] _copied = new byte[CopiedBytes];
    private int _length;
    private int _sent;
    private ReadOnlyMemory<byte> _body;

    public int LeftBytes => _length + _body.Length - _sent;

    /// <summary>What is left of the small frames and of the head of the large one.</summary>
    public ReadOnlyMemory<byte> Copied => _copied.AsMemory(0, _length)[Math.Min(_sent, _length)..];

    /// <summary>What is left of the body.</summary>
    public ReadOnlyMemory<byte> Body => _body[Math.Max(_sent - _length, 0)..];

    /// <summary>Takes frames, unless some are left.</summary>
    /// <returns>False if there is nothing to write.</returns>
    public bool Fill(WireConnection wire)
    {
        if (LeftBytes > 0)
        {
            return true;
        }

        _length = 0;
        _sent = 0;
        _body = default;
        while (_body.IsEmpty && _length + FrameHeadBytes + SmallBytes <= CopiedBytes
            && wire.TryTake(out OutgoingFrame frame))
        {
            Copy(frame.Head);
            if (frame.Body.Length <= SmallBytes)
            {
                Copy(frame.Body);
            }
            else
            {
                _body = frame.Body;
            }
        }

        return LeftBytes > 0;
    }

    /// <summary>So many bytes more are written.</summary>
    public void Advance(int bytes) => _sent += bytes;

    private void Copy(ReadOnlyMemory<byte> bytes)
    {
        bytes.CopyTo(_copied.AsMemory(_length));
        _length += bytes.Length;
    }
}
