using System.IO.MemoryMappedFiles;

namespace DistTrain.Engine;

/// <summary>
/// Memory that both ends of a connection have mapped: a ring for each way that needs one. One end
/// makes it as a file in memory, the other opens that by the name it was told; then the file is
/// removed, and the memory goes with the last of both.
/// </summary>
internal sealed unsafe class SharedSegment : IDisposable
{
    /// <summary>Of a name: drawn at random.</summary>
    public const int NameBytes = 16;

    private readonly MemoryMappedViewAccessor _view;
    private readonly SharedRing[] _rings;

    private SharedSegment(FileStream file, int rings)
    {
        using var mapped = MemoryMappedFile.CreateFromFile(
            file, null, BytesOf(rings), MemoryMappedFileAccess.ReadWrite,
            HandleInheritability.None, leaveOpen: true);
        _view = mapped.CreateViewAccessor(0, BytesOf(rings));
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        _rings = new SharedRing[rings];
        for (int i = 0; i < rings; i++)
        {
            _rings[i] = new SharedRing(start + BytesOf(i));
        }
    }

    /// <summary>In an order that both ends know.</summary>
    public IReadOnlyList<SharedRing> Rings => _rings;

    /// <summary>Makes it: all zeros, its pages taken, so that no write can fail later.</summary>
    /// <param name="name">Nobody else's: <see cref="NameBytes"/> drawn at random.</param>
    /// <param name="rings">How many.</param>
    /// <returns>Null if the system does not let us; then there is no such file.</returns>
    public static SharedSegment? TryCreate(ReadOnlySpan<byte> name, int rings) =>
        OperatingSystem.IsLinux() && Environment.Is64BitProcess
            ? TryMap(name, rings, path => SharedFile.Create(path, BytesOf(rings)))
            : null;

    /// <inheritdoc cref="TryCreate"/>
    /// <returns>Null if this process has no such file, as in another container.</returns>
    public static SharedSegment? TryOpen(ReadOnlySpan<byte> name, int rings) =>
        TryMap(name, rings, SharedFile.Open);

    /// <summary>Nobody needs its name any more, if it has one.</summary>
    public static void Forget(ReadOnlySpan<byte> name)
    {
        if (File.Exists(PathOf(name)))
        {
            File.Delete(PathOf(name));
        }
    }

    /// <summary>Safety: no ring is used after this.</summary>
    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
    }

    private static SharedSegment? TryMap(
        ReadOnlySpan<byte> name, int rings, Func<string, FileStream> open)
    {
        try
        {
            using FileStream file = open(PathOf(name));
            return TryMap(name, rings, file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static SharedSegment? TryMap(ReadOnlySpan<byte> name, int rings, FileStream file)
    {
        try
        {
            return new SharedSegment(file, rings);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException
            or ArgumentOutOfRangeException)
        {
            // Not of that size, or no memory for it.
            Forget(name);
            return null;
        }
    }

    private static int BytesOf(int rings) => rings * SharedRing.TotalBytes;

    private static string PathOf(ReadOnlySpan<byte> name) =>
        $"{SharedFile.PathStart}{Convert.ToHexStringLower(name)}";
}
