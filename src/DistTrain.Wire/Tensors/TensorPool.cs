using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace DistTrain.Wire;

/// <summary>
/// Buffers that are used again, by sizes of powers of two; all of them together take no more than
/// a limit. Safe for several threads.
/// </summary>
/// <param name="limitBytes">Of all buffers, rented or not.</param>
public sealed class TensorPool(long limitBytes)
{
    private const int SmallestBytes = 4_096;

    private readonly Lock _gate = new();
    private readonly Stack<TensorBuffer>[] _free =
        [.. Enumerable.Range(0, 32).Select(_ => new Stack<TensorBuffer>())];

    private long _madeBytes;

    /// <summary>A buffer with anything in it, the caller's until it is returned.</summary>
    /// <returns>False if the limit stands against it.</returns>
    public bool TryRent(int lengthBytes, [NotNullWhen(true)] out TensorBuffer? buffer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(lengthBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lengthBytes, WireLimits.TensorBytes);
        int capacity = (int)BitOperations.RoundUpToPowerOf2(
            (uint)Math.Max(lengthBytes, SmallestBytes));
        lock (_gate)
        {
            if (!_free[BitOperations.Log2((uint)capacity)].TryPop(out buffer)
                && !TryMake(capacity, out buffer))
            {
                return false;
            }
        }

        buffer.LengthBytes = lengthBytes;
        return true;
    }

    public void Return(TensorBuffer buffer)
    {
        lock (_gate)
        {
            _free[BitOperations.Log2((uint)buffer.CapacityBytes)].Push(buffer);
        }
    }

    private bool TryMake(int capacity, [NotNullWhen(true)] out TensorBuffer? buffer)
    {
        if (_madeBytes + capacity > limitBytes)
        {
            // What lies about in other sizes makes room; the collector takes it.
            foreach (Stack<TensorBuffer> free in _free)
            {
                _madeBytes -= free.Sum(unused => (long)unused.CapacityBytes);
                free.Clear();
            }
        }

        bool isRoom = _madeBytes + capacity <= limitBytes;
        _madeBytes += isRoom ? capacity : 0;
        buffer = isRoom ? new TensorBuffer(capacity) : null;
        return buffer is not null;
    }
}
