using System.Buffers;
using System.IO.MemoryMappedFiles;
using DistTrain.Wire;

namespace DistTrain.Engine;

/// <summary>
/// What the other end of a connection lends. Each memory is mapped once, and stays so for as long
/// as anything of it is in use, be the other process gone.
/// </summary>
internal sealed class BorrowedTensors : ITensorBorrower
{
    /// <summary>A node lends from a few memories for each slice and step under way.</summary>
    private const int MostMemories = 4_096;

    private readonly Dictionary<UInt128, Mapping> _mappings = [];

    /// <inheritdoc/>
    public BorrowedTensor Borrow(in TensorPlace place, int elements)
    {
        if (!_mappings.TryGetValue(place.Key, out Mapping? mapping))
        {
            mapping = Map(place);
            _mappings.Add(place.Key, mapping);
        }

        return mapping.Take(place, elements);
    }

    private Mapping Map(in TensorPlace place)
    {
        if (_mappings.Count == MostMemories)
        {
            throw new WireException(
                WireFault.OverLimit, $"more than {MostMemories} memories are lent");
        }

        string path = $"/proc/{place.Process}/fd/{place.File}";
        try
        {
            // Nothing else is opened: a pipe would wait, a document would be written to.
            if (new FileInfo(path).LinkTarget?.StartsWith(
                SharedTensor.PathStart, StringComparison.Ordinal) != true)
            {
                throw new IOException("there is no such memory");
            }

            using var file = new FileStream(
                path, FileMode.Open, FileAccess.ReadWrite,
                FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            return Mapping.Of(file, place.Key);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new WireException(
                WireFault.Malformed,
                $"the memory that process {place.Process} lends cannot be mapped: {e.Message}");
        }
    }

    private sealed unsafe class Mapping : MemoryManager<float>
    {
        private readonly MemoryMappedViewAccessor _view;
        private readonly byte* _start;
        private readonly int _length;

        private Mapping(MemoryMappedViewAccessor view, byte* start, int length)
        {
            _view = view;
            _start = start;
            _length = length;
        }

        public static Mapping Of(FileStream file, UInt128 key)
        {
            long numbers = file.Length - SharedTensor.HeadBytes - SharedTensor.SlackBytes;
            if (numbers < 0 || numbers / sizeof(float) > int.MaxValue)
            {
                throw new WireException(
                    WireFault.Malformed, $"a memory of {file.Length} bytes is lent");
            }

            using var mapped = MemoryMappedFile.CreateFromFile(
                file, null, file.Length, MemoryMappedFileAccess.ReadWrite,
                HandleInheritability.None, leaveOpen: true);
            MemoryMappedViewAccessor view = mapped.CreateViewAccessor(0, file.Length);
            byte* start = SharedTensor.StartOf(view);
            if (*(UInt128*)start != key)
            {
                view.Dispose();
                throw new WireException(
                    WireFault.Malformed, "another file stands where a memory is lent");
            }

            return new Mapping(view, start, (int)(numbers / sizeof(float)));
        }

        public Borrowed Take(in TensorPlace place, int elements)
        {
            long first = place.Offset / sizeof(float);
            if (place.Offset < 0 || place.Offset % SharedTensor.SlackBytes != 0
                || first + elements > _length
                || place.Borrower is < 0 or >= SharedTensor.MostBorrowers)
            {
                throw new WireException(
                    WireFault.Malformed,
                    $"{elements} numbers from byte {place.Offset} on are lent of {_length}, to "
                    + $"borrower {place.Borrower}");
            }

            return new Borrowed(this, Memory.Slice((int)first, elements), place.Borrower);
        }

        public void Return(int borrower) =>
            Interlocked.Increment(ref SharedTensor.Returned(_start, borrower));

        public override Span<float> GetSpan() =>
            new(_start + SharedTensor.HeadBytes, _length);

        public override MemoryHandle Pin(int elementIndex = 0) =>
            new((float*)(_start + SharedTensor.HeadBytes) + elementIndex);

        public override void Unpin()
        {
        }

        /// <summary>Never called: slices and workers may use it when the connection is over, so the
        /// view's own finalizer unmaps it when nobody can any more.</summary>
        protected override void Dispose(bool disposing) => _view.Dispose();
    }

    /// <summary>If a role that had it is gone without giving it back, so that nobody refers to it
    /// any more, its finalizer does.</summary>
    private sealed class Borrowed(Mapping of, Memory<float> values, int borrower) : BorrowedTensor
    {
        private int _isBack;

        ~Borrowed() => Return();

        public override Memory<float> Values => values;

        protected override void Return()
        {
            if (Interlocked.Exchange(ref _isBack, 1) == 0)
            {
                of.Return(borrower);
            }
        }
    }
}
