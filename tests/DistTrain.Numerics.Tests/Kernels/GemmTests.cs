namespace DistTrain.Numerics.Tests;

/// <summary>
/// Products of every shape around the tiles, bit for bit against the naive loops.
/// </summary>
public class GemmTests
{
    private static readonly NaiveKernels Naive = new();

    public static TheoryData<Isa> Isas => KernelsUnderTest.Available;

    [Theory]
    [MemberData(nameof(Isas))]
    public void A_product_is_the_oracles_for_every_small_shape(Isa isa)
    {
        Kernels kernels = Kernels.For(isa);
        var random = new Random(1);
        foreach ((int m, int k, int n) in SmallShapes())
        {
            TestMatrix x = TestMatrix.Random(random, m, k, gap: 3);
            TestMatrix w = TestMatrix.Random(random, k, n, gap: 0);
            var expected = new TestMatrix(m, n, gap: 5);
            TestMatrix actual = expected.Copy();
            Naive.Multiply(x.View, w.View, expected.View);
            kernels.Multiply(x.View, w.View, actual.View);
            actual.ShouldHaveTheBitsOf(expected, $"({m}, {k}) · ({k}, {n})");
        }
    }

    [Theory]
    [MemberData(nameof(Isas))]
    public void An_input_gradient_is_the_oracles_for_every_small_shape(Isa isa)
    {
        Kernels kernels = Kernels.For(isa);
        var random = new Random(2);
        foreach ((int m, int n, int k) in SmallShapes())
        {
            TestMatrix dz = TestMatrix.Random(random, m, n, gap: 1);
            TestMatrix w = TestMatrix.Random(random, k, n, gap: 0);
            var expected = new TestMatrix(m, k, gap: 2);
            TestMatrix actual = expected.Copy();
            Naive.InputGradient(dz.View, w.View, expected.View);
            kernels.InputGradient(dz.View, w.View, actual.View);
            actual.ShouldHaveTheBitsOf(expected, $"({m}, {n}) · ({k}, {n})ᵀ");
        }
    }

    [Theory]
    [MemberData(nameof(Isas))]
    public void A_weight_gradient_is_the_oracles_tree_for_every_number_of_microbatches(Isa isa)
    {
        Kernels kernels = Kernels.For(isa);
        var random = new Random(3);
        int[] widths = [1, 3, 10, 16, 17, 33, 49, 65, 100];
        foreach (int microbatch in (int[])[1, 4, 16])
        {
            int step = Math.Max(1, microbatch / 3);
            for (int samples = 0; samples <= 17 * microbatch; samples += step)
            {
                int k = random.Next(1, 60); // in pairs from 32 on, the last tile in part
                int n = widths[random.Next(widths.Length)];
                TestMatrix x = TestMatrix.Random(random, samples, k, gap: 2);
                TestMatrix dz = TestMatrix.Random(random, samples, n, gap: 6);
                var expected = new TestMatrix(k, n, gap: 0);
                TestMatrix actual = expected.Copy();
                string what = $"{samples} samples by {microbatch}, ({k}, {n})";
                Naive.WeightGradient(x.View, dz.View, expected.View, microbatch);
                kernels.WeightGradient(x.View, dz.View, actual.View, microbatch);
                actual.ShouldHaveTheBitsOf(expected, what);

                var expectedBias = new TestMatrix(1, n, gap: 0);
                TestMatrix actualBias = expectedBias.Copy();
                Naive.BiasGradient(dz.View, expectedBias.View.Row(0), microbatch);
                kernels.BiasGradient(dz.View, actualBias.View.Row(0), microbatch);
                actualBias.ShouldHaveTheBitsOf(expectedBias, "bias of " + what);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Isas))]
    public void The_layers_true_shapes_and_blocks_of_all_loops_are_the_oracles(Isa isa)
    {
        Kernels kernels = Kernels.For(isa);
        var random = new Random(4);
        (int M, int K, int N, int Gap)[] shapes =
        [
            (37, 784, 100, 0), (16, 100, 10, 0), (70, 4100, 117, 0),

            // A single vector in part, which is read from where it was copied to: by few and many
            // tiles, by several blocks of rows, in several blocks of terms.
            (128, 100, 10, 0), (400, 1500, 10, 0), (200, 2600, 10, 3),

            // Several blocks of rows, which read the panels of the first; rows of B 2 KB apart;
            // a last vector in part; columns beside whole vectors.
            (180, 1500, 70, 442), (400, 1500, 45, 0), (400, 1500, 33, 0),
        ];
        foreach ((int m, int k, int n, int gap) in shapes)
        {
            TestMatrix x = TestMatrix.Random(random, m, k, gap: 0, TestMatrix.Ordinary);
            TestMatrix w = TestMatrix.Random(random, k, n, gap, TestMatrix.Ordinary);
            var expected = new TestMatrix(m, n, gap: 12);
            TestMatrix actual = expected.Copy();
            Naive.Multiply(x.View, w.View, expected.View);
            kernels.Multiply(x.View, w.View, actual.View);
            actual.ShouldHaveTheBitsOf(expected, $"({m}, {k}) · ({k}, {n})");
        }
    }

    [Theory]
    [MemberData(nameof(Isas))]
    public void A_product_with_the_identity_gives_the_matrix_back(Isa isa)
    {
        Kernels kernels = Kernels.For(isa);
        var random = new Random(5);
        for (int n = 1; n <= 50; n++)
        {
            var identity = new TestMatrix(n, n, gap: 1);
            for (int i = 0; i < n; i++)
            {
                identity.View.Row(i).Clear();
                identity.View.Row(i)[i] = 1;
            }

            TestMatrix a = TestMatrix.Random(random, n, n, gap: 1, TestMatrix.Ordinary);
            var product = new TestMatrix(n, n, gap: 1);
            kernels.Multiply(a.View, identity.View, product.View);
            product.ShouldHaveTheBitsOf(a, $"A · I of {n}");
            kernels.Multiply(identity.View, a.View, product.View);
            product.ShouldHaveTheBitsOf(a, $"I · A of {n}");
        }
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused_at_the_entry()
    {
        Kernels kernels = Kernels.For(IsaSupport.Best);
        var x = new TestMatrix(2, 3, gap: 0);
        var w = new TestMatrix(4, 5, gap: 0);
        var z = new TestMatrix(2, 5, gap: 0);
        Should.Throw<ArgumentException>(() => kernels.Multiply(x.View, w.View, z.View))
            .Message.ShouldContain("(2, 3) by (4, 5) does not give (2, 5)");
        Should.Throw<ArgumentException>(() => { _ = new Matrix(new float[10], 3, 4); });
    }

    /// <summary>All of 0 … 2 · MR rows, of 0 … 2 · NR columns, and some with the rows and
    /// row strides from which B is packed.</summary>
    private static IEnumerable<(int M, int K, int N)> SmallShapes()
    {
        for (int m = 0; m <= 25; m++)
        {
            for (int n = 0; n <= 98; n += n < 20 ? 1 : 3)
            {
                yield return (m, (m + n) % 7, n);
            }
        }

        for (int m = 26; m <= 50; m += 3)
        {
            for (int n = 0; n <= 98; n += 7)
            {
                yield return (m, (m + n) % 7, n);
            }
        }

        yield return (4, 0, 20);
        yield return (17, 33, 112);
        yield return (25, 5, 128);
        yield return (13, 300, 512);
        yield return (3, 129, 1024);
    }
}
