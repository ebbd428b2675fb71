using System.Buffers.Binary;

namespace DistTrain.Learning.Tests;

/// <summary>What a reader does with bytes that no writer has written.</summary>
public class PackageReaderTests
{
    // Of Packages.Images(): magic, length and scaling; the name "images"; behind it the numbers.
    private const int ScalingAt = 28;
    private const int TrainingAt = 40;
    private const int NameLengthAt = 44;
    private const int CountAt = 54;
    private const int FeaturesAt = 58;
    private const int ClassesAt = 62;
    private const int RowsAt = 66;
    private const int KindAt = 74;
    private const int FirstLabelAt = 78 + (7 * 6);

    private static byte[] Good => Packages.BytesOf(new DataPackage(Packages.Images()));

    [Fact]
    public void Every_beginning_of_a_package_is_refused()
    {
        byte[] good = Good;
        for (int length = 0; length < good.Length; length++)
        {
            byte[] cut = good[..length];
            Read(cut).ShouldNotBeNull($"{length} bytes");
            if (length >= ScalingAt)
            {
                // The same with a length that agrees.
                BinaryPrimitives.WriteInt64LittleEndian(cut.AsSpan(20), length);
                Read(cut).ShouldNotBeNull($"{length} bytes as announced");
            }
        }
    }

    [Theory]
    [InlineData(0, 0, "does not begin")]
    [InlineData(20, 1000, "announces 1,000 bytes")]
    [InlineData(ScalingAt, 3, "the scaling is 3")]
    [InlineData(ScalingAt, 2, "not a feature scaling")]
    [InlineData(ScalingAt + 4, 2, "the scaling's base")]
    [InlineData(ScalingAt + 8, 1 << 24, "the means should be 16,777,216 × 4 bytes")]
    [InlineData(ScalingAt + 8, -1, "the number of means is -1")]
    [InlineData(TrainingAt, 0, "no training samples")]
    [InlineData(TrainingAt, 2, "the presence of the training set")]
    [InlineData(NameLengthAt, 1025, "the name of the training set is 1,025")]
    [InlineData(NameLengthAt, -1, "the name of the training set is -1")]
    [InlineData(CountAt, 0, "the count of training samples is 0")]
    [InlineData(CountAt, -7, "the count of training samples is -7")]
    [InlineData(CountAt, int.MaxValue, "the training samples should be 12,884,901,882 × 1 bytes")]
    [InlineData(CountAt, 1 << 20, "the training samples should be 6,291,456 × 1 bytes")]
    [InlineData(FeaturesAt, int.MaxValue, "the features is 2,147,483,647")]
    [InlineData(FeaturesAt, 1 << 24, "the training samples should be 117,440,512 × 1 bytes")]
    [InlineData(FeaturesAt, 0, "the features is 0")]
    [InlineData(FeaturesAt, 5, "2 × 3 pixels are not 5 features")]
    [InlineData(ClassesAt, 0, "the classes is 0")]
    [InlineData(ClassesAt, 65_537, "the classes is 65,537")]
    [InlineData(ClassesAt, 5, "differ in features or classes")]
    [InlineData(RowsAt, 3, "3 × 3 pixels are not 6 features")]
    [InlineData(RowsAt, int.MaxValue, "pixels are not 6 features")]
    [InlineData(KindAt, 2, "of sample 2 is not in 0 … 3")]
    [InlineData(KindAt, 3, "the kind is 3")]
    [InlineData(FirstLabelAt, 4, "label 4 of sample 0 is not in 0 … 3")]
    [InlineData(FirstLabelAt, -1, "label -1 of sample 0 is not in 0 … 3")]
    public void A_lie_is_found_out_and_named(int at, int value, string expected)
    {
        byte[] bytes = Good;
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), value);
        long before = GC.GetAllocatedBytesForCurrentThread();
        string message = Read(bytes).ShouldNotBeNull().Message;
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        message.ShouldContain(expected);
        message.ShouldContain("run one version everywhere");
        message.ShouldNotContain("Parameter");
        allocated.ShouldBeLessThan(1 << 20, "memory for what is not there");
    }

    [Fact]
    public void Numbers_that_are_not_finite_are_refused()
    {
        byte[] bytes = Packages.BytesOf(new DataPackage(Packages.Numbers()));
        int mean = ScalingAt + 12;
        int value = mean + (2 * 5 * sizeof(float)) + (8 * sizeof(int)) + "random".Length;
        foreach ((int at, string expected) in
            new[] { (mean, "not a feature scaling"), (value, "value 0 of sample 0 is NaN") })
        {
            byte[] bad = [.. bytes];
            BinaryPrimitives.WriteSingleLittleEndian(bad.AsSpan(at), float.NaN);
            Read(bad).ShouldNotBeNull().Message.ShouldContain(expected);
        }
    }

    [Fact]
    public void A_scaling_that_does_not_fit_the_samples_is_refused()
    {
        byte[] bytes = Packages.BytesOf(new DataPackage(Packages.Numbers()));
        bytes[ScalingAt] = (byte)PixelScaling.Unit;
        Read(bytes).ShouldNotBeNull("means without use");
        DataSplit numbers = Packages.Numbers();
        foreach (FeatureScalingState state in (FeatureScalingState[])
            [new(PixelScaling.Standard, false, [0, 0], [1, 1]),
             new(PixelScaling.Unit, true, [], [])])
        {
            var package = new DataPackage(
                numbers with { Scaling = FeatureScaling.FromState(state) });
            Read(Packages.BytesOf(package)).ShouldNotBeNull().Message.ShouldContain("scaling");
        }
    }

    [Fact]
    public void No_flipped_bit_does_more_than_to_be_refused_or_to_be_other_data()
    {
        byte[] good = Good;
        string sha256 = Packages.Sha256(good);
        for (int bit = 0; bit < 8 * good.Length; bit++)
        {
            byte[] bad = [.. good];
            bad[bit / 8] ^= (byte)(1 << (bit % 8));
            Read(bad); // throws nothing but DataException
            Packages.Sha256(bad).ShouldNotBe(sha256);
        }
    }

    [Fact]
    public void Bytes_after_the_last_set_are_refused()
    {
        byte[] bytes = [.. Good, 0];
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(20), bytes.Length);
        Read(bytes).ShouldNotBeNull().Message.ShouldContain("it goes on for 1 bytes");
    }

    private static DataException? Read(byte[] bytes)
    {
        try
        {
            PackageReader.Read(new ArraySource(bytes));
            return null;
        }
        catch (DataException e)
        {
            return e;
        }
    }
}
