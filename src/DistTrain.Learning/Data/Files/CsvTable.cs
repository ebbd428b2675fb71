namespace DistTrain.Learning;

/// <summary>What a CSV file holds.</summary>
/// <param name="Path">Of the file.</param>
/// <param name="Labels">One a sample.</param>
/// <param name="Values">(Labels.Length, Features).</param>
/// <param name="Features">Numbers in a sample, 1 or more.</param>
internal sealed record CsvTable(string Path, int[] Labels, ValueList Values, int Features)
{
    public int LargestLabel => Labels.Max();

    public InMemoryDataset ToDataset(string name, int classes) => Values.IsBytes
        ? new(name, Values.ToBytes(), Labels, Features, classes, SquareShape())
        : new(name, Values.ToFloats(), Labels, Features, classes);

    private (int Rows, int Columns)? SquareShape()
    {
        int side = (int)Math.Sqrt(Features);
        return side * side == Features ? (side, side) : null;
    }
}
