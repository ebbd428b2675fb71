using System.Runtime.InteropServices;

namespace DistTrain.Wire.Tests;

/// <summary>Numbers that are lent, and who maps them: both in this process.</summary>
internal sealed class TestLender(int length) : ITensorLender, ITensorBorrower
{
    private readonly float[] _values = [.. Enumerable.Range(0, length).Select(i => (float)i)];

    public int Lent { get; private set; }

    public int Back { get; private set; }

    public bool IsLost { get; set; }

    public List<int> LostTo { get; } = [];

    public TensorPayload Payload(int first = 0) => new(
        TensorEncoding.Binary32, MemoryMarshal.AsBytes(_values.AsSpan(first)).ToArray(),
        Lender: this, Offset: sizeof(float) * first);

    public bool IsBack(int borrower) => Lent == Back;

    public TensorPlace Lend(int borrower, long offset)
    {
        Lent++;
        return new TensorPlace(1, 2, new UInt128(3, 4), offset, borrower);
    }

    public void Lose(int borrower) => LostTo.Add(borrower);

    public BorrowedTensor Borrow(in TensorPlace place, int elements)
    {
        (place.Process, place.File, place.Key).ShouldBe((1, 2, new UInt128(3, 4)));
        return new Borrowed(
            this, _values.AsMemory((int)place.Offset / sizeof(float), elements));
    }

    private sealed class Borrowed(TestLender of, Memory<float> values) : BorrowedTensor
    {
        public override Memory<float> Values => values;

        protected override void Return() => of.Back++;
    }
}
