namespace DistTrain.Numerics.Tests;

/// <summary>A function under test at one vector width.</summary>
internal interface IFormula
{
    static abstract V Of<V>(V x)
        where V : struct, ILanes<V>;
}

/// <summary>An elementary function, its binary64 reference, and where a fault would hide.</summary>
internal sealed class ElementaryFunction
{
    private readonly Dictionary<Isa, ArrayFunction> _evaluate;

    private ElementaryFunction(
        string name,
        Func<double, double> reference,
        float[] thresholds,
        Dictionary<Isa, ArrayFunction> evaluate)
    {
        Name = name;
        Reference = reference;
        Thresholds = thresholds;
        _evaluate = evaluate;
    }

    private delegate void ArrayFunction(ReadOnlySpan<float> x, Span<float> y);

    public static IReadOnlyList<ElementaryFunction> All { get; } =
    [
        // Overflow, the last normal and the last denormal results, and the identity near zero.
        Create<ExpFormula>(
            "exp", Math.Exp, 0f, -0f, 88.72284f, 89f, -87.33655f, -103.97208f, -105f),
        // The cuts of the mantissa, the smallest normal and the neighbours of one.
        Create<LogFormula>("log", Math.Log, 0f, -0f, 0.75f, 1f, 1.5f, 1.1754944e-38f, 3.4e38f),
        Create<TanhFormula>("tanh", Math.Tanh, 0f, -0f, 0.625f, -0.625f, 9.01f, 44.5f),
        Create<SigmoidFormula>(
            "sigmoid", Reference64.Sigmoid, 0f, -0f, 16.6f, -16.6f, -87.33655f, -103.97208f, 105f),
        Create<SoftplusFormula>(
            "softplus", Reference64.Softplus, 0f, -0f, 0.6931472f, -0.6931472f, 16.6f, -16.6f,
            -87.33655f, -103.97208f, 88.72284f),
        Create<ErfFormula>(
            "erf", Reference64.Erf, 0f, -0f, 0.9375f, -0.9375f, 3.832507f, 4f, -4f, 1.1754944e-38f),
    ];

    public string Name { get; }

    public Func<double, double> Reference { get; }

    public IReadOnlyList<float> Thresholds { get; }

    public static ElementaryFunction Named(string name) => All.Single(f => f.Name == name);

    public void Evaluate(Isa isa, ReadOnlySpan<float> x, Span<float> y) => _evaluate[isa](x, y);

    public float Evaluate(float x)
    {
        Span<float> y = stackalloc float[1];
        Evaluate(Isa.Scalar, [x], y);
        return y[0];
    }

    private static ElementaryFunction Create<F>(
        string name, Func<double, double> reference, params float[] thresholds)
        where F : IFormula => new(name, reference, thresholds, new()
        {
            [Isa.Avx512] = Run<F, Lanes512>,
            [Isa.Avx2] = Run<F, Lanes256>,
            [Isa.V128] = Run<F, Lanes128>,
            [Isa.Scalar] = Run<F, LanesScalar>,
        });

    private static unsafe void Run<F, V>(ReadOnlySpan<float> x, Span<float> y)
        where F : IFormula
        where V : struct, ILanes<V>
    {
        fixed (float* source = x, destination = y)
        {
            int i = 0;
            for (; i <= x.Length - V.Count; i += V.Count)
                V.Store(destination + i, F.Of(V.Load(source + i)));
            int rest = x.Length - i;
            if (rest > 0)
                V.StorePartial(destination + i, F.Of(V.LoadPartial(source + i, rest)), rest);
        }
    }

    private readonly struct ExpFormula : IFormula
    {
        public static V Of<V>(V x)
            where V : struct, ILanes<V> => Elementary.Exp(x);
    }

    private readonly struct LogFormula : IFormula
    {
        public static V Of<V>(V x)
            where V : struct, ILanes<V> => Elementary.Log(x);
    }

    private readonly struct TanhFormula : IFormula
    {
        public static V Of<V>(V x)
            where V : struct, ILanes<V> => Elementary.Tanh(x);
    }

    private readonly struct SigmoidFormula : IFormula
    {
        public static V Of<V>(V x)
            where V : struct, ILanes<V> => Elementary.Sigmoid(x);
    }

    private readonly struct SoftplusFormula : IFormula
    {
        public static V Of<V>(V x)
            where V : struct, ILanes<V> => Elementary.Softplus(x);
    }

    private readonly struct ErfFormula : IFormula
    {
        public static V Of<V>(V x)
            where V : struct, ILanes<V> => Elementary.Erf(x);
    }
}
