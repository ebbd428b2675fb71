using DistTrain.Numerics;

namespace DistTrain.Learning;

/// <summary>
/// How large the numbers of a step can be at most, from how large its inputs, the parameters and
/// the moments are. So it is known before an update whether every number of it will be finite;
/// then it may replace what it reads, and there is no need of the version before
/// (docs/adr/0017-updates-in-place.md).
/// </summary>
/// <remarks>
/// Bounds are products and sums of magnitudes in binary64, enlarged by what all roundings of
/// binary32 may come to. A bound that is too large, or NaN, proves nothing.
/// </remarks>
internal sealed class UpdateBound
{
    /// <summary>2⁻²³: n roundings, each by 2⁻²⁴ of a number, multiply it by less than 1 + n times
    /// this, up to 2²⁴ of them.</summary>
    private const double Rounding = 1.1920928955078125e-7;

    /// <summary>Roundings beside those of a sum: activation, dropout, weight of a class, update.
    /// </summary>
    private const int Few = 16;

    /// <summary>Numbers up to here, and the squares of all up to <see cref="MostToSquare"/>, are
    /// far from overflow.</summary>
    private const double Most = 1e37;
    private const double MostToSquare = 1e18;

    private readonly Recipe _recipe;
    private readonly ParameterLayout _layout;
    private readonly double _classWeight;
    private readonly double[] _parameters;
    private readonly double[] _inputs;
    /// <param name="task">What is trained.</param>
    public UpdateBound(TrainingTask task)
    {
        _recipe = task.Recipe;
        _layout = task.Layout;
        _classWeight = task.Recipe.Data.ClassWeights?.Max() ?? 1;
        _parameters = new double[task.Layout.Views.Count];
        _inputs = new double[task.Recipe.Layers.Count];
    }

    /// <summary>The largest magnitude of a parameter of each view, as they are now.</summary>
    public Span<double> Parameters => _parameters;

    /// <summary>What a velocity, or a first moment of Adam, has for magnitude at most.</summary>
    public double FirstMoment { get; private set; }

    /// <summary>The same of second moments.</summary>
    public double SecondMoment { get; private set; }

    /// <summary>Takes up moments, whatever was before.</summary>
    /// <param name="first">Empty where there are none.</param>
    /// <param name="second">No number below 0; likewise.</param>
    /// <param name="kernels">The arithmetic.</param>
    public void LoadMoments(
        ReadOnlySpan<float> first, ReadOnlySpan<float> second, Kernels kernels)
    {
        FirstMoment = kernels.LargestMagnitude(first);
        SecondMoment = second.ContainsAnyInRange(float.NegativeInfinity, -float.Epsilon)
            ? double.NaN
            : kernels.LargestMagnitude(second);
    }

    /// <summary>Nothing is known of the moments any more, until some are loaded.</summary>
    public void SpoilMoments() => FirstMoment = SecondMoment = double.PositiveInfinity;

    /// <summary>Takes a step: whether all its numbers, and those of its update, are finite.
    /// </summary>
    /// <param name="constants">Of the update.</param>
    /// <param name="samples">In the batch.</param>
    /// <param name="input">The largest magnitude of an input.</param>
    public bool Covers(in UpdateStep constants, int samples, double input)
    {
        double largest = Forward(input, out double output);
        double sum = Backward(samples, output, ref largest);
        double parameter = LargestParameter();
        double gradient = Rounded(
            (sum * Math.Abs((double)constants.Scale * constants.ClipFactor))
            + (Math.Abs(constants.L2) * parameter));
        largest = Math.Max(largest, Math.Max(sum, gradient));
        double change = TakeMoments(constants, gradient);
        double updated = Rounded(
            (Math.Abs(constants.Decay) * parameter) + (Math.Abs(constants.Rate) * change));

        // False where one of them is NaN, which Max hands on.
        return largest < MostToSquare
            && Math.Max(updated, Math.Max(FirstMoment, SecondMoment)) < Most;
    }

    /// <returns>The largest logit.</returns>
    private double Forward(double input, out double output)
    {
        double largest = input;
        for (int layer = 0; layer < _inputs.Length; layer++)
        {
            _inputs[layer] = input;
            int inputs = _layout.Weight(layer).Rows;
            double logit = Rounded(
                (inputs * input * _parameters[2 * layer]) + _parameters[(2 * layer) + 1],
                inputs);
            largest = Math.Max(largest, logit);
            input = Rounded(DropoutFactor(layer) * OutputOf(layer, logit));
        }

        output = input;
        return largest;
    }

    /// <returns>The largest sum over the batch, and in <paramref name="largest"/> what there was
    /// on the way.</returns>
    private double Backward(int samples, double output, ref double largest)
    {
        int layer = _inputs.Length - 1;
        double dz = Rounded(_classWeight);
        if (_recipe.Loss == Loss.Sse)
        {
            dz = ThroughActivation(layer, dz * 2 * (output + 1));
        }

        double gradient = 0;
        while (true)
        {
            largest = Math.Max(largest, dz);
            gradient = Math.Max(
                gradient, Rounded(samples * dz * Math.Max(1, _inputs[layer]), samples));
            if (layer == 0)
            {
                return gradient;
            }

            int units = _layout.Weight(layer).Columns;
            dz = Rounded(units * dz * _parameters[2 * layer], units);
            layer--;
            dz = ThroughActivation(layer, dz);
        }
    }

    /// <returns>What the rate is multiplied by.</returns>
    private double TakeMoments(in UpdateStep c, double gradient)
    {
        switch (c.Rule)
        {
            case UpdateRule.Sgd:
                return gradient;
            case UpdateRule.Momentum:
                FirstMoment = Next(FirstMoment, c.Beta1, gradient);
                return FirstMoment;
            case UpdateRule.Nesterov:
                FirstMoment = Next(FirstMoment, c.Beta1, gradient);
                return FirstMoment + gradient;
            default:
                FirstMoment = Next(FirstMoment, c.Beta1, c.OneMinusBeta1 * gradient);
                SecondMoment = Next(
                    SecondMoment, c.Beta2, c.OneMinusBeta2 * gradient * gradient);
                return FirstMoment / c.Epsilon;
        }
    }

    // What may have overflowed stays so: an infinite moment may leave weights that are not.
    private static double Next(double before, float beta, double added)
    {
        double next = Rounded((Math.Abs(beta) * before) + Math.Abs(added));
        return next < Most ? next : double.PositiveInfinity;
    }

    private double LargestParameter()
    {
        double largest = 0;
        foreach (double parameter in _parameters)
        {
            largest = Math.Max(largest, parameter);
        }

        return largest;
    }

    private double DropoutFactor(int layer) => 1 / (1 - _recipe.Layers[layer].Dropout);

    private double OutputOf(int layer, double logit) => _recipe.Layers[layer].Activation switch
    {
        Activation.Sigmoid or Activation.Tanh or Activation.Softmax => 1,
        _ => logit,
    };

    private double ThroughActivation(int layer, double dy)
    {
        int units = _recipe.Layers[layer].Units;
        return DropoutFactor(layer) * _recipe.Layers[layer].Activation switch
        {
            Activation.Gelu => Rounded(1.13 * dy), // its slope at z = √2
            Activation.Softmax => Rounded((units + 1) * dy, units), // dy − ⟨dy, y⟩
            _ => Rounded(dy),
        };
    }

    private static double Rounded(double exact, int terms = 0) =>
        exact * (1 + ((terms + Few) * Rounding));
}
