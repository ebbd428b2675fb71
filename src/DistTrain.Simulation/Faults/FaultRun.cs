namespace DistTrain.Simulation;

/// <summary>A fault of the scenario while it is carried out.</summary>
internal sealed class FaultRun(Fault fault)
{
    public Fault Fault { get; } = fault;

    public bool HasBegun { get; set; }

    /// <summary>Something went another way because of it.</summary>
    public bool IsEffective { get; private set; }

    public void HadAnEffect() => IsEffective = true;
}

/// <summary>To the world: a fault begins, or is over.</summary>
internal sealed record FaultDue(FaultRun Run, bool Begins);
