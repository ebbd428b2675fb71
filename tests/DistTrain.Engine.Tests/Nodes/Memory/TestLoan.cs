using DistTrain.Wire;

namespace DistTrain.Engine.Tests;

/// <summary>Numbers that another process would have lent.</summary>
internal sealed class TestLoan : BorrowedTensor
{
    private readonly float[] _values;

    public TestLoan(int length, float value)
    {
        _values = new float[length];
        Array.Fill(_values, value);
    }

    public override Memory<float> Values => _values;

    public bool IsBack { get; private set; }

    protected override void Return() => IsBack = true;
}
