namespace DistTrain.Learning;

/// <summary>
/// A growing list of numbers that stays a list of bytes as long as all are whole and 0 … 255; the
/// first other number turns it into binary32.
/// </summary>
internal sealed class ValueList
{
    private byte[]? _bytes = new byte[1 << 16];
    private float[] _floats = [];

    public int Count { get; private set; }

    public bool IsBytes => _bytes is not null;

    /// <summary>False when there is no room for another number.</summary>
    public bool TryAdd(float value)
    {
        if (_bytes is not null && value is >= 0 and <= 255 && (byte)value == value)
        {
            if (!Grow(ref _bytes))
            {
                return false;
            }

            _bytes[Count++] = (byte)value;
            return true;
        }

        if (_bytes is not null)
        {
            _floats = new float[Math.Max(Count + 1, _bytes.Length)];
            InMemoryDataset.Widen(_bytes.AsSpan(0, Count), _floats);
            _bytes = null;
        }

        if (!Grow(ref _floats))
        {
            return false;
        }

        _floats[Count++] = value;
        return true;
    }

    public byte[] ToBytes() =>
        _bytes?.AsSpan(0, Count).ToArray() ?? throw new InvalidOperationException("not bytes");

    public float[] ToFloats() => _floats.AsSpan(0, Count).ToArray();

    private bool Grow<T>(ref T[] values)
    {
        if (Count < values.Length)
        {
            return true;
        }

        long size = Math.Min(2L * values.Length, Array.MaxLength);
        if (size == values.Length)
        {
            return false;
        }

        Array.Resize(ref values, (int)size);
        return true;
    }
}
