using System.Text;

namespace DistTrain.Benchmarks.Compare;

/// <summary>A table, in Markdown.</summary>
internal sealed class MarkdownTable(params string[] header)
{
    private readonly List<string[]> _rows = [];

    public void Add(params string[] row)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(row.Length, header.Length);
        _rows.Add(row);
    }

    public override string ToString()
    {
        StringBuilder text = new();
        Append(text, header);
        text.Append('|').Append(string.Concat(header.Select(_ => "---|"))).Append('\n');
        foreach (string[] row in _rows)
            Append(text, row);
        return text.ToString();
    }

    private static void Append(StringBuilder text, string[] row) =>
        text.Append("| ").AppendJoin(" | ", row).Append(" |\n");
}
