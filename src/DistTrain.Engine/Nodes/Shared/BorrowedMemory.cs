using System.Buffers;
using System.IO.MemoryMappedFiles;
using DistTrain.Wire;

namespace DistTrain.Engine;

/// <summary>Memory of another process, mapped until the last one who uses it is done.</summary>
internal sealed unsafe class BorrowedMemory : MemoryManager<float>
{
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;
    private readonly int _length;

    // The connection's, and one for each loan.
    private int _uses = 1;

    private BorrowedMemory(MemoryMappedViewAccessor view, int length)
    {
        _view = view;
        _start = SharedTensor.StartOf(view);
        _length = length;
    }

    /// <summary>Of the connection, when anything of it was lent last.</summary>
    public long LastLoan { get; set; }

    /// <exception cref="WireException">It is no such memory.</exception>
    public static BorrowedMemory Of(FileStream file, UInt128 key)
    {
        long numbers = (file.Length - SharedTensor.HeadBytes - SharedTensor.SlackBytes)
            / sizeof(float);
        if (numbers is <= 0 or > int.MaxValue)
        {
            throw new WireException(
                WireFault.Malformed, $"a memory of {file.Length} bytes is lent");
        }

        using var mapped = MemoryMappedFile.CreateFromFile(
            file, null, file.Length, MemoryMappedFileAccess.ReadWrite,
            HandleInheritability.None, leaveOpen: true);
        MemoryMappedViewAccessor view = mapped.CreateViewAccessor(0, file.Length);
        if (*(UInt128*)SharedTensor.StartOf(view) != key)
        {
            view.Dispose();
            throw new WireException(
                WireFault.Malformed, "another file stands where a memory is lent");
        }

        return new BorrowedMemory(view, (int)numbers);
    }

    /// <exception cref="WireException">There are no such numbers.</exception>
    public BorrowedTensor Take(in TensorPlace place, int elements)
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

        Interlocked.Increment(ref _uses);
        return new Loan(this, Memory.Slice((int)first, elements), place.Borrower);
    }

    /// <summary>One fewer uses it.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _uses) == 0)
        {
            _view.Dispose();
        }
    }

    public override Span<float> GetSpan() => new(_start + SharedTensor.HeadBytes, _length);

    public override MemoryHandle Pin(int elementIndex = 0) =>
        new((float*)(_start + SharedTensor.HeadBytes) + elementIndex);

    public override void Unpin()
    {
    }

    /// <summary>Nobody calls it: see <see cref="Release"/>. If all who use it are forgotten, the
    /// view's own finalizer unmaps it.</summary>
    protected override void Dispose(bool disposing)
    {
    }

    /// <summary>If a role that had it is gone without giving it back, so that nobody refers to it
    /// any more, its finalizer does.</summary>
    private sealed class Loan(BorrowedMemory of, Memory<float> values, int borrower)
        : BorrowedTensor
    {
        private int _isBack;

        ~Loan() => Return();

        public override Memory<float> Values => values;

        protected override void Return()
        {
            if (Interlocked.Exchange(ref _isBack, 1) == 0)
            {
                Interlocked.Increment(ref SharedTensor.Returned(of._start, borrower));
                of.Release();
            }
        }
    }
}
