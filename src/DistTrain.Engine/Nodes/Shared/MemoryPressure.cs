namespace DistTrain.Engine;

/// <summary>Tells the garbage collector of memory that an object of a few bytes holds, until that
/// is freed or forgotten.</summary>
internal sealed class MemoryPressure : IDisposable
{
    private readonly long _bytes;

    public MemoryPressure(long bytes)
    {
        GC.AddMemoryPressure(bytes);
        _bytes = bytes;
    }

    ~MemoryPressure() => GC.RemoveMemoryPressure(_bytes);

    public void Dispose()
    {
        GC.RemoveMemoryPressure(_bytes);
        GC.SuppressFinalize(this);
    }
}
