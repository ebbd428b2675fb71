namespace DistTrain.Numerics.Tests;

/// <summary>Zeros of the inputs left out change no bit.</summary>
public class SkippedZerosTests
{
    private static readonly NaiveKernels Naive = new();

    public static TheoryData<Isa> Isas => KernelsUnderTest.Available;

    [Theory]
    [MemberData(nameof(Isas))]
    public void A_layer_that_skips_zeros_gives_the_oracles_bits(Isa isa) =>
        ForEachBatch(isa, (kernels, x, map, microbatch, random) =>
        {
            int units = random.Next(1, 260);
            TestMatrix w = TestMatrix.Random(random, x.Columns, units, gap: 0);
            float[] bias = new float[units];
            var expected = new TestMatrix(x.Rows, units, gap: 5);
            TestMatrix actual = expected.Copy();
            Naive.Forward(x.View, w.View, bias, Output(expected));
            kernels.Forward(x.View, w.View, bias, Output(actual), map);
            actual.ShouldHaveTheBitsOf(
                expected, $"({x.Rows}, {x.Columns}) by {microbatch}, {units} units");
        });

    [Theory]
    [MemberData(nameof(Isas))]
    public void A_weight_gradient_that_skips_zeros_is_the_oracles_after_the_roots_plus_zero(
        Isa isa) =>
        ForEachBatch(isa, (kernels, x, map, microbatch, random) =>
        {
            int units = random.Next(1, 260);
            TestMatrix dz = TestMatrix.Random(random, x.Rows, units, gap: 1);
            var expected = new TestMatrix(x.Columns, units, gap: 0);
            TestMatrix actual = expected.Copy();
            Naive.WeightGradient(x.View, dz.View, expected.View, microbatch);
            kernels.WeightGradient(x.View, dz.View, actual.View, microbatch, map);
            AddZero(expected);
            AddZero(actual);
            actual.ShouldHaveTheBitsOf(
                expected, $"({x.Rows}, {x.Columns}) by {microbatch}, {units} units");
        });

    [Theory]
    [MemberData(nameof(Isas))]
    public void Whichever_microbatches_are_empty_the_others_are_added_by_the_same_tree(Isa isa)
    {
        // 81 units are too wide for a tile that holds two microbatches.
        const int Units = 81;
        Kernels kernels = Kernels.For(isa);
        var random = new Random(7);
        for (int microbatches = 1; microbatches <= 9; microbatches++)
        {
            for (int full = 0; full < 1 << microbatches; full++)
            {
                TestMatrix x = OnlyIn(random, microbatches, full);
                TestMatrix dz = TestMatrix.Random(random, x.Rows, Units, gap: 0);
                var map = new NonzeroMap(x.Rows, x.Columns, microbatch: 2);
                kernels.MapNonzeros(x.View, map);
                map.IsWorthwhile.ShouldBeTrue();
                foreach (int units in (int[])[17, Units])
                {
                    ReadOnlyMatrix some = dz.View.Part(0, x.Rows, 0, units);
                    var expected = new TestMatrix(x.Columns, units, gap: 0);
                    TestMatrix actual = TestMatrix.Random(random, x.Columns, units, gap: 0);
                    Naive.WeightGradient(x.View, some, expected.View, 2);
                    kernels.WeightGradient(x.View, some, actual.View, 2, map);
                    AddZero(expected);
                    AddZero(actual);
                    actual.ShouldHaveTheBitsOf(
                        expected, $"microbatches {full:B} of {microbatches}, {units} units");
                }
            }
        }
    }

    // (2 · microbatches, 24): numbers in the first 8 features, in the microbatches of the bits.
    private static TestMatrix OnlyIn(Random random, int microbatches, int full)
    {
        TestMatrix x = TestMatrix.Random(random, 2 * microbatches, 24, gap: 0, _ => 0f);
        for (int i = 0; i < x.Rows; i++)
        {
            for (int j = 0; j < 8 && (full >> (i / 2) & 1) != 0; j++)
            {
                x.View.Row(i)[j] = TestMatrix.Mixed(random);
            }
        }

        return x;
    }

    [Theory]
    [MemberData(nameof(Isas))]
    public void Dense_inputs_are_not_worth_a_map(Isa isa)
    {
        Kernels kernels = Kernels.For(isa);
        TestMatrix x = TestMatrix.Random(new Random(3), 40, 50, gap: 0, _ => 1f);
        var map = new NonzeroMap(40, 50, 16);
        kernels.MapNonzeros(x.View, map);
        map.IsWorthwhile.ShouldBeFalse();
    }

    [Fact]
    public void A_microbatch_too_large_for_a_mask_is_read_whole()
    {
        TestMatrix x = TestMatrix.Random(new Random(3), 40, 50, gap: 0, _ => 0f);
        var map = new NonzeroMap(40, 50, 33);
        Kernels.For(IsaSupport.Best).MapNonzeros(x.View, map);
        map.IsWorthwhile.ShouldBeFalse();
    }

    private static void ForEachBatch(
        Isa isa, Action<Kernels, TestMatrix, NonzeroMap, int, Random> check)
    {
        Kernels kernels = Kernels.For(isa);
        var random = new Random(5);
        int skipped = 0;
        foreach (int microbatch in (int[])[1, 3, 4, 10, 16, 32])
        {
            for (int trial = 0; trial < 12; trial++)
            {
                int samples = random.Next(1, 5 * microbatch);
                int features = trial < 3 ? random.Next(1, 800) : random.Next(1, 90);
                double density = trial % 3 * 0.15;
                TestMatrix x = TestMatrix.Random(
                    random, samples, features, gap: 2, r => Sparse(r, density));
                var map = new NonzeroMap(5 * microbatch, features, microbatch);
                kernels.MapNonzeros(x.View, map);
                if (map.IsWorthwhile)
                {
                    skipped++;
                    check(kernels, x, map, microbatch, random);
                }
            }
        }

        skipped.ShouldBeGreaterThan(30);
    }

    private static float Sparse(Random random, double density) =>
        random.NextDouble() < density ? TestMatrix.Mixed(random)
        : random.Next(8) == 0 ? -0f : 0f;

    private static LayerOutput Output(TestMatrix y) => new()
    {
        Activation = ElementwiseActivation.Relu,
        Logits = y.View,
        Activated = y.View,
    };

    private static void AddZero(TestMatrix matrix)
    {
        for (int i = 0; i < matrix.Rows; i++)
        {
            foreach (ref float x in matrix.View.Row(i))
            {
                x += 0f;
            }
        }
    }
}
