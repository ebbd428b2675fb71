namespace DistTrain.Learning;

/// <summary>
/// Which columns of the first layer's weight, its units, each thread of a team has: whole cache
/// lines of them, as even as can be. Where all have the same number of lines and a few columns are
/// left, nobody has those, as they would take one thread as long as a line: they are shared, by
/// samples on the way forward and by inputs on the way back
/// (docs/adr/0021-shared-units.md).
/// </summary>
internal readonly record struct FirstLayerDivision
{
    /// <summary>A part begins at a multiple of a cache line, which every vector divides.</summary>
    public const int LineUnits = 16;

    /// <summary>More columns are as good as a line: they cost one.</summary>
    private const int MostShared = LineUnits / 2;

    private readonly int _lines;
    private readonly int _members;
    private readonly int _own;

    /// <param name="columns">Of the weight.</param>
    /// <param name="members">At most <see cref="MostMembers"/>.</param>
    public FirstLayerDivision(int columns, int members)
    {
        int lines = columns / LineUnits, left = columns % LineUnits;
        bool shares = members > 1 && lines > 0 && lines % members == 0 && left <= MostShared;
        SharedUnits = shares ? left : 0;
        _members = members;
        _own = columns - SharedUnits;
        _lines = MostMembers(_own);
    }

    /// <summary>Columns that all members work on, the last ones; 0: none.</summary>
    public int SharedUnits { get; }

    /// <summary>Threads that can each have a part of so many columns.</summary>
    public static int MostMembers(int columns) => (columns + LineUnits - 1) / LineUnits;

    /// <summary>The columns that a member has to itself.</summary>
    public (int First, int Units) OwnOf(int member)
    {
        int first = StartOf(member);
        return (first, StartOf(member + 1) - first);
    }

    /// <summary>The first of the shared columns; all of them: there are none.</summary>
    public int FirstShared => _own;

    /// <summary>The inputs for which a member makes the gradient of the shared columns and updates
    /// them, whole cache lines of numbers.</summary>
    /// <param name="member">Which.</param>
    /// <param name="inputs">Of the layer.</param>
    public (int First, int Inputs) InputsOf(int member, int inputs)
    {
        int first = StartOf(member, inputs);
        return (first, StartOf(member + 1, inputs) - first);
    }

    private int StartOf(int member) =>
        Math.Min((int)((long)_lines * member / _members) * LineUnits, _own);

    private int StartOf(int member, int inputs)
    {
        long lines = (long)MostMembers(inputs) * member;
        return (int)Math.Min((lines + _members - 1) / _members * LineUnits, inputs);
    }
}
