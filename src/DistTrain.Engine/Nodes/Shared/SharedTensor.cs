using System.Buffers;
using System.IO.MemoryMappedFiles;
using System.Security.Cryptography;
using DistTrain.Wire;

namespace DistTrain.Engine;

/// <summary>
/// Numbers that other processes of this machine can map and read where they are. It is a file in
/// memory that has no name any more: others open it by this process's descriptor, so nothing stays
/// behind however the process ends.
/// <code>
///   key (16 bytes) │ 0 … │ what each borrower has given back (64 bits each) │ numbers │ slack
/// </code>
/// <para>
/// Invariant: numbers that are lent are not written here. A borrower adds 1 to its count in the
/// memory for each tensor that it gives back; this counts what it lends, and all is back when both
/// are the same. A borrower whose connection ended may still read what it had: then these numbers
/// are lost, which is for good, and are lent no more.
/// </para>
/// </summary>
internal sealed unsafe class SharedTensor : MemoryManager<float>, ITensorLender
{
    /// <summary>Connections to which a process can lend at a time.</summary>
    public const int MostBorrowers = (HeadBytes - CountsAt) / sizeof(long);

    /// <summary>Before the numbers: a page.</summary>
    public const int HeadBytes = 4096;

    /// <summary>Kernels may read so much behind the last number.</summary>
    public const int SlackBytes = 64;

    private const int CountsAt = 64;

    /// <summary>What is retired and may still be mapped by somebody.</summary>
    private static readonly HashSet<SharedTensor> Retired = [];

    private readonly Lock _gate = new();
    private readonly long[] _lent = new long[MostBorrowers];
    private readonly bool[] _isLostTo = new bool[MostBorrowers];
    private readonly FileStream _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;
    private readonly int _length;
    private readonly MemoryPressure _pressure;
    private readonly UInt128 _key;
    private int _borrowers;
    private bool _isLost;
    private bool _isGone;

    private SharedTensor(FileStream file, int length)
    {
        _file = file;
        _length = length;
        using var mapped = MemoryMappedFile.CreateFromFile(
            file, null, file.Length, MemoryMappedFileAccess.ReadWrite,
            HandleInheritability.None, leaveOpen: true);
        _view = mapped.CreateViewAccessor(0, file.Length);
        _start = StartOf(_view);
        Span<byte> key = new(_start, sizeof(UInt128));
        RandomNumberGenerator.Fill(key);
        _key = *(UInt128*)_start;
        _pressure = new MemoryPressure(file.Length);
    }

    /// <summary>Nobody else reads them: they may be written.</summary>
    public bool IsHome
    {
        get
        {
            lock (_gate)
            {
                return !_isLost && AreBackFromLiving();
            }
        }
    }

    /// <summary>They must not be written any more.</summary>
    public bool IsLost
    {
        get
        {
            lock (_gate)
            {
                return _isLost;
            }
        }
    }

    /// <summary>Makes room for so many numbers, all zero, its pages taken.</summary>
    /// <returns>Null if the system does not let us, or would have little memory left to share.
    /// </returns>
    public static SharedTensor? TryCreate(int length)
    {
        EndRetired();
        long bytes = HeadBytes + (sizeof(float) * (long)length) + SlackBytes;
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess)
        {
            return null;
        }

        string path = $"{SharedFile.PathStart}{Guid.NewGuid():N}";
        try
        {
            // Rings of connections need some of it too.
            if (new DriveInfo(SharedFile.Folder).AvailableFreeSpace < 2 * bytes)
            {
                return null;
            }

            return Map(SharedFile.Create(path, bytes), path, bytes, length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public bool IsBack(int borrower)
    {
        lock (_gate)
        {
            return _isGone || IsBackFrom(borrower);
        }
    }

    /// <inheritdoc/>
    public TensorPlace Lend(int borrower, long offset)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(borrower, MostBorrowers);
        lock (_gate)
        {
            _lent[borrower]++;
            _borrowers = Math.Max(_borrowers, borrower + 1);
        }

        return Place(borrower, offset);
    }

    /// <summary>Where a tensor of it is.</summary>
    public TensorPlace Place(int borrower, long offset) => new(
        Environment.ProcessId, _file.SafeFileHandle.DangerousGetHandle().ToInt32(), _key, offset,
        borrower);

    /// <inheritdoc/>
    public void Lose(int borrower)
    {
        lock (_gate)
        {
            if (!_isGone && !IsBackFrom(borrower))
            {
                _isLost = true;
                _isLostTo[borrower] = true;
            }
        }
    }

    /// <summary>This process needs the numbers no more. A living borrower may, and may not even
    /// have mapped them: they stay until it has given them back.</summary>
    public void Retire()
    {
        lock (Retired)
        {
            Retired.Add(this);
        }

        EndRetired();
    }

    public override Span<float> GetSpan() => new(_start + HeadBytes, _length);

    public override MemoryHandle Pin(int elementIndex = 0) =>
        new((float*)(_start + HeadBytes) + elementIndex);

    public override void Unpin()
    {
    }

    /// <summary>Safety: valid for as long as the view is referenced; its own finalizer unmaps it.
    /// </summary>
    internal static byte* StartOf(MemoryMappedViewAccessor view) =>
        (byte*)view.SafeMemoryMappedViewHandle.DangerousGetHandle();

    /// <summary>Where a borrower counts what it gives back.</summary>
    /// <param name="start">Of the memory.</param>
    /// <param name="borrower">Its number, less than <see cref="MostBorrowers"/>.</param>
    internal static ref long Returned(byte* start, int borrower) =>
        ref *(long*)(start + CountsAt + (sizeof(long) * borrower));

    /// <summary>Safety: nobody has a span of it any more. Of a node that has ended nobody calls it;
    /// view, file and pressure have finalizers of their own.</summary>
    protected override void Dispose(bool disposing)
    {
        lock (_gate)
        {
            if (!_isGone)
            {
                _isGone = true;
                _view.Dispose();
                _file.Dispose();
                _pressure.Dispose();
            }
        }
    }

    private static void EndRetired()
    {
        lock (Retired)
        {
            Retired.RemoveWhere(tensor => tensor.TryEnd());
        }
    }

    private bool TryEnd()
    {
        lock (_gate)
        {
            bool isOver = AreBackFromLiving();
            if (isOver)
            {
                Dispose(true);
            }

            return isOver;
        }
    }

    private static SharedTensor Map(FileStream file, string path, long bytes, int length)
    {
        try
        {
            File.Delete(path);
            file.SetLength(bytes);
            return new SharedTensor(file, length);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private bool IsBackFrom(int borrower) =>
        Volatile.Read(ref Returned(_start, borrower)) == _lent[borrower];

    private bool AreBackFromLiving()
    {
        for (int i = 0; i < _borrowers; i++)
        {
            if (!_isLostTo[i] && !IsBackFrom(i))
            {
                return false;
            }
        }

        return true;
    }
}
