namespace DistTrain.Numerics.Tests;

/// <summary>Every instruction set that this machine has, against the naive oracle.</summary>
public static class KernelsUnderTest
{
    public static TheoryData<Isa> Available
    {
        get
        {
            var data = new TheoryData<Isa>();
            foreach (Isa isa in IsaSupport.Available)
            {
                data.Add(isa);
            }

            return data;
        }
    }
}
