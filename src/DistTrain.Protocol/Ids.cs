namespace DistTrain.Protocol;

/// <summary>One training run, from its first step to its last, across restarts.</summary>
public readonly record struct RunId(Guid Value);

/// <summary>A worker; a restarted one keeps its id.</summary>
public readonly record struct WorkerId(int Value);

/// <summary>A parameter slice, 0 … slices − 1.</summary>
public readonly record struct SliceId(int Value);

/// <summary>Fencing number of control messages, raised on every rollback and fail-over.</summary>
public readonly record struct Generation(int Value) : IComparable<Generation>
{
    public Generation Next => new(Value + 1);

    /// <summary>The number. (The text made for a record would follow <see cref="Next"/> without
    /// end.)</summary>
    public override string ToString() => $"generation {Value}";

    public int CompareTo(Generation other) => Value.CompareTo(other.Value);

    public static bool operator <(Generation left, Generation right) => left.Value < right.Value;

    public static bool operator >(Generation left, Generation right) => left.Value > right.Value;

    public static bool operator <=(Generation left, Generation right) => left.Value <= right.Value;

    public static bool operator >=(Generation left, Generation right) => left.Value >= right.Value;
}

/// <summary>One evaluation, numbered by the coordinator within a generation.</summary>
public readonly record struct EvaluationId(int Value);

/// <summary>
/// A tensor that the engine holds. The protocol passes it on and never looks inside.
/// </summary>
public readonly record struct TensorHandle(long Value);
