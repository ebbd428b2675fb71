namespace DistTrain.Numerics.Tests;

/// <summary>Activations, losses, sums and updates, bit for bit against the naive loops.</summary>
public class ElementwiseKernelTests
{
    private static readonly NaiveKernels Naive = new();
    private static readonly int[] Widths = [1, 2, 7, 10, 15, 16, 17, 31, 33, 48, 100];

    public static TheoryData<Isa> Isas => KernelsUnderTest.Available;

    [Theory]
    [MemberData(nameof(Isas))]
    public void Softmax_and_its_gradient_are_the_oracles(Isa isa)
    {
        Kernels kernels = Kernels.For(isa);
        var random = new Random(2);
        foreach (int n in Widths)
        {
            TestMatrix z = TestMatrix.Random(random, 5, n, gap: 2, Wide);
            var y = new TestMatrix(5, n, gap: 0);
            TestMatrix actual = y.Copy();
            Naive.Softmax(z.View, y.View);
            kernels.Softmax(z.View, actual.View);
            actual.ShouldHaveTheBitsOf(y, $"softmax of {n}");

            TestMatrix gradient = TestMatrix.Random(random, 5, n, gap: 1);
            TestMatrix actualGradient = gradient.Copy();
            Naive.SoftmaxBackward(gradient.View, y.View);
            kernels.SoftmaxBackward(actualGradient.View, y.View);
            actualGradient.ShouldHaveTheBitsOf(gradient, $"gradient of softmax of {n}");
        }
    }

    [Theory]
    [MemberData(nameof(Isas))]
    public void Losses_and_their_gradients_are_the_oracles(Isa isa)
    {
        Kernels kernels = Kernels.For(isa);
        var random = new Random(3);
        foreach (int n in Widths)
        {
            foreach (bool weighted in (bool[])[false, true])
            {
                int samples = weighted ? 4 : 37; // some at once, and what is left over
                TestMatrix z = TestMatrix.Random(random, samples, n, gap: 3, Wide);
                int[] labels =
                    [0, n - 1, n / 2, .. Enumerable.Range(3, samples - 3).Select(
                        _ => random.Next(n))];
                float[] weights = weighted ? [1f, 0.3f, 2f, 0f] : [];
                CompareLoss(kernels, "cross-entropy", z, (k, outputs, losses, gradient) =>
                    k.SoftmaxCrossEntropy(
                        z.View, labels, weights, outputs.View, losses, gradient.View));
                CompareLoss(kernels, "binary cross-entropy", z, (k, outputs, losses, gradient) =>
                    k.SigmoidCrossEntropy(
                        z.View, labels, weights, outputs.View, losses, gradient.View));
                CompareLoss(kernels, "squared error", z, (k, outputs, losses, gradient) =>
                    k.SquaredError(z.View, labels, weights, losses, gradient.View));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Isas))]
    public void Dropout_sums_differences_and_norms_are_the_oracles(Isa isa)
    {
        Kernels kernels = Kernels.For(isa);
        var random = new Random(4);
        foreach (int n in Widths)
        {
            TestMatrix x = TestMatrix.Random(random, 3, n, gap: 1);
            TestMatrix factors = TestMatrix.Random(
                random, 3, n, gap: 2, r => r.Next(2) == 0 ? 0f : 1.0526316f);
            var y = new TestMatrix(3, n, gap: 3);
            TestMatrix actual = y.Copy();
            Naive.DropOut(x.View, factors.View, y.View);
            kernels.DropOut(x.View, factors.View, actual.View);
            actual.ShouldHaveTheBitsOf(y, $"dropout of {n}");

            TestMatrix left = TestMatrix.Random(random, 1, n, gap: 0);
            TestMatrix right = TestMatrix.Random(random, 1, n, gap: 0);
            TestMatrix sum = left.Copy();
            kernels.Add(left.View.Row(0), right.View.Row(0), sum.View.Row(0));
            Naive.Add(left.View.Row(0), right.View.Row(0), left.View.Row(0));
            sum.ShouldHaveTheBitsOf(left, $"sum of {n}");
            TestMatrix difference = sum.Copy();
            TestMatrix expected = sum.Copy();
            kernels.Subtract(sum.View.Row(0), right.View.Row(0), difference.View.Row(0));
            Naive.Subtract(sum.View.Row(0), right.View.Row(0), expected.View.Row(0));
            difference.ShouldHaveTheBitsOf(expected, $"difference of {n}");
            kernels.SquareNorm(sum.View.Row(0), 0.01f)
                .ShouldBe(Naive.SquareNorm(left.View.Row(0), 0.01f));
        }
    }

    [Theory]
    [MemberData(nameof(Isas))]
    public void Updates_are_the_oracles(Isa isa)
    {
        Kernels kernels = Kernels.For(isa);
        var random = new Random(5);
        foreach (UpdateRule rule in Enum.GetValues<UpdateRule>())
        {
            foreach (int n in Widths)
            {
                foreach (float l2 in (float[])[0f, 0.01f])
                {
                    UpdateStep step = StepOf(rule) with { L2 = l2, Decay = 1 - l2 };
                    CompareUpdate(kernels, random, step, n, isSummed: true);
                    CompareUpdate(kernels, random, step, n, isSummed: false);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Isas))]
    public void Updates_of_denormal_moments_are_the_oracles(Isa isa)
    {
        Kernels kernels = Kernels.For(isa);
        var random = new Random(6);
        foreach (UpdateRule rule in Enum.GetValues<UpdateRule>())
        {
            foreach (float clip in (float[])[1f, 0.7f])
            {
                UpdateStep step = StepOf(rule) with { ClipFactor = clip, Scale = 1e-38f };
                CompareUpdate(kernels, random, step, n: 531, isSummed: true, Tiny);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Isas))]
    public void An_update_tells_what_is_not_finite(Isa isa)
    {
        Kernels kernels = Kernels.For(isa);
        foreach (UpdateRule rule in Enum.GetValues<UpdateRule>())
        {
            RefusesWhatIsNotFinite(kernels, StepOf(rule));
            RefusesWhatIsNotFinite(kernels, StepOf(rule) with { ClipFactor = 1, Rate = 0 });
            RefusesWhatIsNotFinite(kernels, StepOf(rule) with { Beta1 = 0, OneMinusBeta1 = 1 });
        }
    }

    [Theory]
    [MemberData(nameof(Isas))]
    public void The_largest_magnitude_is_found_wherever_it_stands(Isa isa)
    {
        Kernels kernels = Kernels.For(isa);
        kernels.LargestMagnitude([]).ShouldBe(0);
        kernels.LargestMagnitude([-0f, 0]).ShouldBe(0);
        kernels.LargestMagnitude([-float.Epsilon, 0]).ShouldBe(float.Epsilon);
        kernels.LargestMagnitude([float.PositiveInfinity, float.NaN, 1]).ShouldBe(float.NaN);
        for (int length = 1; length <= 67; length++)
        {
            float[] numbers = [.. Enumerable.Range(0, length).Select(i => (i % 5) - 2f)];
            for (int at = 0; at < length; at++)
            {
                foreach (float value in (float[])[7, -7, 3e38f, float.NegativeInfinity, float.NaN])
                {
                    (float before, numbers[at]) = (numbers[at], value);
                    kernels.LargestMagnitude(numbers).ShouldBe(
                        MathF.Abs(value), $"{value} at {at} of {length}");
                    numbers[at] = before;
                }
            }
        }
    }

    private static void RefusesWhatIsNotFinite(Kernels kernels, UpdateStep step)
    {
        foreach (float bad in (float[])[float.NaN, float.PositiveInfinity, float.NegativeInfinity])
        {
            for (int at = 0; at < 37; at++)
            {
                float[] root = new float[37];
                float[] before = new float[37];
                Update(kernels, root, before, step).ShouldBe(0);
                root[at] = bad;
                float.IsFinite(Update(kernels, root, before, step))
                    .ShouldBeFalse($"{bad} in a gradient, {step}");
                root[at] = 0;
                before[at] = bad;
                float.IsFinite(Update(kernels, root, before, step))
                    .ShouldBeFalse($"{bad} in a weight, {step}");
            }
        }
    }

    private static float Update(Kernels kernels, float[] root, float[] before, UpdateStep step) =>
        kernels.Update(
            root, before, new float[root.Length],
            new(
                step.Rule == UpdateRule.Sgd ? [] : new float[root.Length],
                step.Rule == UpdateRule.Adam ? new float[root.Length] : []),
            step);

    private static UpdateStep StepOf(UpdateRule rule) => new(
        rule, Scale: 1 / 128f, ClipFactor: 0.7f, L2: 0, Decay: 1, Rate: 0.01f, Beta1: 0.9f,
        Beta2: 0.999f, OneMinusBeta1: 0.1f, OneMinusBeta2: 0.001f, RootCorrection: 31.6f,
        Epsilon: 1e-8f);

    // ±100: saturates sigmoids, overflows nothing.
    private static float Wide(Random random) => random.Next(4) == 0
        ? TestMatrix.Mixed(random)
        : (float)((random.NextDouble() * 200) - 100);

    // ±0, denormal, and what becomes so.
    private static float Tiny(Random random) =>
        (random.Next(8) == 0 ? 0 : (float)(random.NextDouble() * 3e-38))
        * (random.Next(2) == 0 ? 1 : -1);

    private delegate void LossCall(
        Kernels kernels, TestMatrix outputs, float[] losses, TestMatrix gradient);

    private static void CompareLoss(Kernels kernels, string name, TestMatrix z, LossCall call)
    {
        var outputs = new TestMatrix(z.Rows, z.Columns, gap: 1);
        var gradient = new TestMatrix(z.Rows, z.Columns, gap: 2);
        TestMatrix actualOutputs = outputs.Copy();
        TestMatrix actualGradient = gradient.Copy();
        float[] losses = new float[z.Rows];
        float[] actualLosses = new float[z.Rows];
        call(Naive, outputs, losses, gradient);
        call(kernels, actualOutputs, actualLosses, actualGradient);
        actualOutputs.ShouldHaveTheBitsOf(outputs, $"outputs of {name}");
        actualGradient.ShouldHaveTheBitsOf(gradient, $"gradient of {name}");
        actualLosses.ShouldBe(losses, name);
    }

    private static void CompareUpdate(
        Kernels kernels, Random random, UpdateStep step, int n, bool isSummed,
        Func<Random, float>? moments = null)
    {
        moments ??= TestMatrix.Mixed;
        TestMatrix left = TestMatrix.Random(random, 1, n, gap: 0);
        TestMatrix right = TestMatrix.Random(random, 1, n, gap: 0);
        var root = new RootGradient(left.View.Row(0), isSummed ? default : right.View.Row(0));
        TestMatrix before = TestMatrix.Random(random, 1, n, gap: 0);
        TestMatrix first = TestMatrix.Random(random, 1, n, gap: 0, moments);
        TestMatrix second = TestMatrix.Random(random, 1, n, gap: 0, r => Math.Abs(moments(r)));
        TestMatrix actualFirst = first.Copy();
        TestMatrix actualSecond = second.Copy();
        var after = new TestMatrix(1, n, gap: 0);
        TestMatrix actualAfter = after.Copy();
        TestMatrix inPlace = before.Copy();
        TestMatrix firstInPlace = first.Copy();
        TestMatrix secondInPlace = second.Copy();
        float largest = Naive.Update(
            root, before.View.Row(0), after.View.Row(0),
            Moments(step.Rule, first, second), step);
        kernels.Update(
            root, before.View.Row(0), actualAfter.View.Row(0),
            Moments(step.Rule, actualFirst, actualSecond), step).ShouldBe(largest);
        actualAfter.ShouldHaveTheBitsOf(after, $"parameters of {step.Rule}, {n}");
        actualFirst.ShouldHaveTheBitsOf(first, $"first moment of {step.Rule}, {n}");
        actualSecond.ShouldHaveTheBitsOf(second, $"second moment of {step.Rule}, {n}");
        kernels.Update(
            root, inPlace.View.Row(0), inPlace.View.Row(0),
            Moments(step.Rule, firstInPlace, secondInPlace), step).ShouldBe(largest);
        inPlace.ShouldHaveTheBitsOf(after, $"parameters of {step.Rule}, {n}, in place");
    }

    private static OptimizerMoments Moments(UpdateRule rule, TestMatrix first, TestMatrix second) =>
        new(
            rule == UpdateRule.Sgd ? default : first.View.Row(0),
            rule == UpdateRule.Adam ? second.View.Row(0) : default);
}
