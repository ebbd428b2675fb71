namespace DistTrain.Learning;

/// <summary>How a gradient changes the parameters.</summary>
public enum OptimizerKind
{
    Sgd,
    Momentum,
    Adam,
    AdamW,
}

/// <summary>An optimizer and its constants; those it does not use are ignored.</summary>
public sealed record OptimizerRecipe
{
    public OptimizerKind Kind { get; init; } = OptimizerKind.Adam;

    /// <summary>Of momentum: v = μ·v + g, w −= lr·v.</summary>
    public double Momentum { get; init; } = 0.9;

    public double Beta1 { get; init; } = 0.9;

    public double Beta2 { get; init; } = 0.999;

    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Numbers that it keeps for each parameter, 0 … 2.</summary>
    public int Moments => Kind switch
    {
        OptimizerKind.Sgd => 0,
        OptimizerKind.Momentum => 1,
        _ => 2,
    };
}
