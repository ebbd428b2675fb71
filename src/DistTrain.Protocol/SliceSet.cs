namespace DistTrain.Protocol;

/// <summary>The slices whose answer is awaited.</summary>
internal sealed class SliceSet(int slices)
{
    private readonly bool[] _isAwaited = new bool[slices];
    private int _count;

    public bool IsEmpty => _count == 0;

    public void AwaitAll()
    {
        Array.Fill(_isAwaited, true);
        _count = slices;
    }

    public bool Contains(SliceId slice) => _isAwaited[slice.Value];

    public void Await(SliceId slice)
    {
        if (!_isAwaited[slice.Value])
        {
            _isAwaited[slice.Value] = true;
            _count++;
        }
    }

    /// <returns>False if that slice is not awaited.</returns>
    public bool TryRemove(SliceId slice)
    {
        if ((uint)slice.Value >= (uint)slices || !_isAwaited[slice.Value])
        {
            return false;
        }

        _isAwaited[slice.Value] = false;
        _count--;
        return true;
    }
}
