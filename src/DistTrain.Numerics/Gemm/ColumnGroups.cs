namespace DistTrain.Numerics;

/// <summary>
/// How the columns of B are cut: whole vectors in groups of 3 and 2 (a single one only if there is
/// no other), and the columns left over as one zero-padded vector of their own.
/// </summary>
internal static class ColumnGroups
{
    /// <summary>Vectors in the next group of <paramref name="vectorsLeft"/> whole ones.</summary>
    public static int Next(int vectorsLeft) => vectorsLeft switch
    {
        4 or 2 => 2,
        1 => 1,
        _ => 3,
    };
}
