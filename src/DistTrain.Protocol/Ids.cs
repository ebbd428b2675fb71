namespace DistTrain.Protocol;

/// <summary>One training run, from its first step to its last, across restarts.</summary>
public readonly record struct RunId(Guid Value);

/// <summary>A worker; a restarted one keeps its id.</summary>
public readonly record struct WorkerId(int Value);

/// <summary>A parameter slice, 0 … slices − 1.</summary>
public readonly record struct SliceId(int Value);

/// <summary>Fencing number of control messages, raised on every rollback and fail-over.</summary>
/// <param name="Value">Compared first.</param>
/// <param name="Coordinator">Number of the coordinator that raised it: two coordinators never
/// raise the same generation, even if neither has heard of the other.</param>
public readonly record struct Generation(int Value, int Coordinator = 0) : IComparable<Generation>
{
    /// <summary>The next one that <paramref name="coordinator"/> raises.</summary>
    public Generation NextBy(int coordinator) => new(Value + 1, coordinator);

    /// <summary>The numbers, for people.</summary>
    public override string ToString() => Coordinator == 0
        ? $"generation {Value}"
        : $"generation {Value} of coordinator {Coordinator}";

    public int CompareTo(Generation other) => Value != other.Value
        ? Value.CompareTo(other.Value)
        : Coordinator.CompareTo(other.Coordinator);

    public static bool operator <(Generation left, Generation right) => left.CompareTo(right) < 0;

    public static bool operator >(Generation left, Generation right) => left.CompareTo(right) > 0;

    public static bool operator <=(Generation left, Generation right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Generation left, Generation right) => left.CompareTo(right) >= 0;
}

/// <summary>One evaluation, numbered by the coordinator within a generation.</summary>
public readonly record struct EvaluationId(int Value);

/// <summary>What a gradient is computed on: the parameters of a version, as they were published in
/// a generation. Where training is synchronous the version is the step, and the generation says
/// whether it was before a restore: a version has the same bits again after it, but not yet of
/// every slice. Where gradients may be stale the bits differ too.</summary>
public readonly record struct Basis(Generation Generation, long Version);

/// <summary>
/// A tensor that the engine holds. The protocol passes it on and never looks inside.
/// </summary>
public readonly record struct TensorHandle(long Value);
