using System.Buffers.Binary;
using System.Text;
using DistTrain.Numerics;

namespace DistTrain.Learning.Tests;

public class DataPackageTests
{
    [Fact]
    public void The_bytes_are_those_of_the_documented_encoding()
    {
        var training = new InMemoryDataset("β", [1, 2, 3, 4, 5, 6], [2, 0, 1], 2, 3, (1, 2));
        var test = new InMemoryDataset("t", [0.5f, -1f], [1], 2, 3);
        var scaling = FeatureScaling.FromState(
            new FeatureScalingState(PixelScaling.Standard, true, [2.5f], [0.25f]));
        byte[] body =
        [
            .. Ints(2, 1, 1), .. Floats(2.5f, 0.25f),
            .. Ints(1, 2), .. "β"u8, .. Ints(3, 2, 3, 1, 2, 1), 1, 2, 3, 4, 5, 6, .. Ints(2, 0, 1),
            .. Ints(0),
            .. Ints(1, 1), .. "t"u8, .. Ints(1, 2, 3, 0, 0, 2), .. Floats(0.5f, -1f), .. Ints(1),
        ];
        byte[] length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, 28 + body.Length);
        byte[] expected = [.. "disttrain-package-1\n"u8, .. length, .. body];
        var package = new DataPackage(new DataSplit(training, null, test, scaling));
        Packages.BytesOf(package).ShouldBe(expected);
        package.Identity.ShouldBe(
            new PackageIdentity(Packages.Sha256(expected), expected.Length));
    }

    public static TheoryData<string> Splits => ["images", "standard images", "numbers"];

    [Theory]
    [MemberData(nameof(Splits))]
    public void What_is_read_back_is_what_was_packed(string name)
    {
        DataSplit split = Split(name);
        PackageReader.Read(new DataPackage(split)).ShouldHold(split);
    }

    [Theory]
    [MemberData(nameof(Splits))]
    public void A_package_of_what_was_read_back_is_the_same_package(string name)
    {
        var package = new DataPackage(Split(name));
        new DataPackage(PackageReader.Read(package)).Identity.ShouldBe(package.Identity);
    }

    [Theory]
    [MemberData(nameof(Splits))]
    public void Any_piece_is_read_as_the_same_bytes(string name)
    {
        var package = new DataPackage(Split(name));
        byte[] whole = Packages.BytesOf(package);
        for (int start = 0; start < whole.Length; start++)
        {
            foreach (int length in (int[])[1, 2, 3, 5, 19, 64, whole.Length - start])
            {
                byte[] piece = new byte[Math.Min(length, whole.Length - start)];
                package.Read(start, piece);
                piece.AsSpan().SequenceEqual(whole.AsSpan(start, piece.Length))
                    .ShouldBeTrue($"{piece.Length} bytes at {start}");
            }
        }
    }

    [Fact]
    public void What_is_not_in_the_package_is_not_read()
    {
        var package = new DataPackage(Packages.Images());
        byte[] two = new byte[2];
        Should.Throw<ArgumentOutOfRangeException>(() => package.Read(package.Bytes - 1, two));
        Should.Throw<ArgumentOutOfRangeException>(() => package.Read(-1, two));
        Should.Throw<ArgumentOutOfRangeException>(() => package.Read(long.MaxValue, two));
        package.Read(package.Bytes, []);
    }

    [Theory]
    [MemberData(nameof(Splits))]
    public void Reading_a_piece_allocates_nothing(string name)
    {
        var package = new DataPackage(Split(name));
        byte[] piece = new byte[package.Bytes];
        package.Read(0, piece);
        long before = GC.GetAllocatedBytesForCurrentThread();
        package.Read(0, piece);
        package.Read(31, piece.AsSpan(0, 101));
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void One_other_value_label_name_or_scaling_is_another_package()
    {
        string[] hashes =
        [
            .. new[]
            {
                Packages.Images(), Packages.Images(seed: 2),
                Packages.Images(pixels: PixelScaling.Binary),
                Packages.Images() with { Validation = null },
                Packages.Images() with { Validation = Packages.Images().Test },
            }.Select(split => new DataPackage(split).Identity.Sha256),
        ];
        hashes.Distinct().Count().ShouldBe(hashes.Length);
    }

    [Theory]
    [InlineData(GoldenRecipes.Golden)]
    [InlineData(GoldenRecipes.LocalSteps)]
    public void Training_on_it_ends_on_the_golden_hash(string name)
    {
        // Generated digits with validation, test and dropout: the weights depend on every sample.
        TrainingTask task = GoldenRecipes.Task(name);
        var packed = TrainingTask.Create(
            task.Recipe, PackageReader.Read(new DataPackage(task.Data)));
        packed.Data.Training.IsGenerated.ShouldBeFalse();
        ReferenceResult result =
            ReferenceTrainer.Train(packed, Kernels.For(IsaSupport.Best));
        result.WeightsSha256.ShouldBe(GoldenRecipes.WeightsSha256(name));
    }

    [Fact]
    public void Training_on_numbers_gives_the_bits_and_judgements_of_the_original()
    {
        Recipe recipe = Tasks.Recipe("5-7:tanh-3") with { BatchSize = 12, Epochs = 2 };
        DataSplit split = Packages.Numbers();
        Kernels kernels = Kernels.For(IsaSupport.Best);
        ReferenceResult expected =
            ReferenceTrainer.Train(TrainingTask.Create(recipe, split), kernels);
        ReferenceResult actual = ReferenceTrainer.Train(
            TrainingTask.Create(recipe, PackageReader.Read(new DataPackage(split))), kernels);
        actual.Parameters.ShouldHaveTheBitsOf(expected.Parameters, "parameters");
        actual.Test!.LossSum.ShouldHaveTheBitsOf(expected.Test!.LossSum, "test loss");
    }

    [Fact]
    public void A_name_that_no_reader_would_accept_is_not_packed()
    {
        var set = new InMemoryDataset(new string('n', 1025), [1], [0], 1, 1);
        Should.Throw<DataException>(() => new DataPackage(
            new DataSplit(set, null, null, FeatureScaling.Fit(PixelScaling.Unit, set))))
            .Message.ShouldContain("Rename");
    }

    private static DataSplit Split(string name) => name switch
    {
        "images" => Packages.Images(),
        "standard images" => Packages.Images(pixels: PixelScaling.Standard),
        _ => Packages.Numbers(),
    };

    private static byte[] Ints(params int[] values) =>
        [.. values.SelectMany(BitConverter.GetBytes)];

    private static byte[] Floats(params float[] values) =>
        [.. values.SelectMany(BitConverter.GetBytes)];
}
