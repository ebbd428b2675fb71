namespace DistTrain.Learning;

/// <summary>The words a user writes for the values of an enum, in the order they are listed.
/// </summary>
public sealed class NameTable<T>
    where T : struct, Enum
{
    private readonly (T Value, string Name)[] _entries;

    internal NameTable(params (T Value, string Name)[] entries)
    {
        _entries = entries;
        Names = [.. entries.Select(e => e.Name)];
    }

    public IReadOnlyList<string> Names { get; }

    public string Of(T value)
    {
        foreach (var (candidate, name) in _entries)
        {
            if (EqualityComparer<T>.Default.Equals(candidate, value))
            {
                return name;
            }
        }
        throw new ArgumentOutOfRangeException(nameof(value), value, "has no name");
    }

    public bool TryFind(string name, out T value)
    {
        foreach (var entry in _entries)
        {
            if (entry.Name == name)
            {
                value = entry.Value;
                return true;
            }
        }
        value = default;
        return false;
    }
}
