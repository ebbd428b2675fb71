namespace DistTrain.Numerics.Tests;

/// <summary>
/// Whole layers, forward and back: the product and what is fused with it, bit for bit against the
/// naive loops.
/// </summary>
public class LayerTests
{
    private static readonly NaiveKernels Naive = new();
    private static readonly int[] Widths = [1, 2, 7, 10, 15, 16, 17, 31, 33, 48, 65, 100];

    public static TheoryData<Isa> Isas => KernelsUnderTest.Available;

    [Theory]
    [MemberData(nameof(Isas))]
    public void A_layers_outputs_are_the_oracles(Isa isa) =>
        ForEachLayer(isa, (kernels, layer, what) =>
        {
            Naive.Forward(layer.X.View, layer.W.View, layer.Bias, layer.Expected);
            kernels.Forward(layer.X.View, layer.W.View, layer.Bias, layer.Actual);
            layer.ShouldAgree(what);
        });

    [Theory]
    [MemberData(nameof(Isas))]
    public void The_way_back_through_a_layer_is_the_oracles(Isa isa) =>
        ForEachLayer(isa, (kernels, layer, what) =>
        {
            // The layer above has 5 outputs.
            Naive.Forward(layer.X.View, layer.W.View, layer.Bias, layer.Expected);
            var random = new Random(9);
            TestMatrix dz = TestMatrix.Random(random, layer.Rows, 5, gap: 3);
            TestMatrix above = TestMatrix.Random(random, layer.Units, 5, gap: 0);
            var expected = new TestMatrix(layer.Rows, layer.Units, gap: 4);
            TestMatrix actual = expected.Copy();
            Naive.InputGradient(dz.View, above.View, expected.View, layer.Expected);
            kernels.InputGradient(dz.View, above.View, actual.View, layer.Expected);
            actual.ShouldHaveTheBitsOf(expected, what);

            TestMatrix gradient = TestMatrix.Random(random, layer.Rows, layer.Units, gap: 1);
            TestMatrix actualGradient = gradient.Copy();
            Naive.ActivateBackward(
                layer.Activation, gradient.View, layer.Expected.Logits, layer.Expected.Activated);
            kernels.ActivateBackward(
                layer.Activation, actualGradient.View, layer.Expected.Logits,
                layer.Expected.Activated);
            actualGradient.ShouldHaveTheBitsOf(gradient, what);
        });

    private static void ForEachLayer(Isa isa, Action<Kernels, TestLayer, string> check)
    {
        Kernels kernels = Kernels.For(isa);
        var random = new Random(1);
        foreach (ElementwiseActivation activation in Enum.GetValues<ElementwiseActivation>())
        {
            foreach (int units in Widths)
            {
                foreach (bool dropout in (bool[])[false, true])
                {
                    int rows = random.Next(1, 60);
                    string what = $"{activation}, {rows} × {units}, dropout {dropout}";
                    check(kernels, new TestLayer(random, activation, rows, units, dropout), what);
                }
            }
        }
    }

    /// <summary>Inputs of a layer and room for its outputs, twice.</summary>
    private sealed class TestLayer
    {
        private readonly TestMatrix? _factors;
        private readonly TestMatrix _logits, _activated, _dropped;
        private readonly TestMatrix _actualLogits, _actualActivated, _actualDropped;

        public TestLayer(
            Random random, ElementwiseActivation activation, int rows, int units, bool dropout)
        {
            Activation = activation;
            X = TestMatrix.Random(random, rows, 3, gap: 2, Wide);
            W = TestMatrix.Random(random, 3, units, gap: 0);
            Bias = new float[units];
            Bias.AsSpan().Fill(0.25f);
            _factors = dropout
                ? TestMatrix.Random(random, rows, units, gap: 2, r => r.Next(3) == 0 ? 0f : 1.25f)
                : null;
            _logits = new TestMatrix(rows, units, gap: 1);
            _activated = new TestMatrix(rows, units, gap: 2);
            _dropped = new TestMatrix(rows, units, gap: 3);
            _actualLogits = _logits.Copy();
            _actualActivated = _activated.Copy();
            _actualDropped = _dropped.Copy();
        }

        public ElementwiseActivation Activation { get; }

        public TestMatrix X { get; }

        public TestMatrix W { get; }

        public float[] Bias { get; }

        public int Rows => X.Rows;

        public int Units => W.Columns;

        public LayerOutput Expected => Output(_logits, _activated, _dropped);

        public LayerOutput Actual => Output(
            LayerOutput.KeepsLogits(Activation) ? _actualLogits : _actualActivated,
            _actualActivated, _actualDropped);

        public void ShouldAgree(string what)
        {
            if (LayerOutput.KeepsLogits(Activation))
            {
                _actualLogits.ShouldHaveTheBitsOf(_logits, "logits of " + what);
            }

            _actualActivated.ShouldHaveTheBitsOf(_activated, "outputs of " + what);
            _actualDropped.ShouldHaveTheBitsOf(_dropped, "what dropout leaves of " + what);
        }

        private LayerOutput Output(TestMatrix z, TestMatrix y, TestMatrix dropped) => new()
        {
            Activation = Activation,
            Logits = z.View,
            Activated = y.View,
            Factors = _factors is null ? default(ReadOnlyMatrix) : _factors.View,
            Dropped = dropped.View,
        };

        // Far enough out to saturate, and the specials.
        private static float Wide(Random random) => random.Next(12) switch
        {
            0 => 0f,
            1 => -0f,
            2 => 1e-40f,
            3 => 3e38f,
            4 => -200f,
            _ => (float)((random.NextDouble() * 40) - 20),
        };
    }
}
