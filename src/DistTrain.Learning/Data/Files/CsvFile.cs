using System.Globalization;
using System.Text;

namespace DistTrain.Learning;

/// <summary>
/// A table of samples: on each line a label (a whole number from 0 on) and then the numbers of the
/// sample, separated by commas. A first line whose first field is not a number is a header. Where
/// all numbers are whole and 0 … 255 the samples are bytes, and images if their count is a square.
/// Numbers are written as in C (1.5e-3); they may stand in double quotes.
/// </summary>
internal static class CsvFile
{
    public const int MaxClasses = 10_000;

    /// <exception cref="DataException">Names file, line and column of what is wrong.</exception>
    public static CsvTable Read(string path)
    {
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            return Read(path, stream);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DataException.CannotRead(path, e);
        }
    }

    private static CsvTable Read(string path, Stream stream)
    {
        var lines = new LineReader(path, stream);
        var labels = new List<int>();
        var values = new ValueList();
        int columns = 0;
        int blankLine = 0;
        while (lines.TryRead(out ReadOnlySpan<byte> line))
        {
            if (lines.LineNumber == 1)
            {
                line = line.StartsWith(Encoding.UTF8.Preamble) ? line[3..] : line;
                if (IsHeader(line))
                {
                    continue;
                }
            }

            if (line.Trim((byte)' ').IsEmpty)
            {
                blankLine = blankLine == 0 ? lines.LineNumber : blankLine;
                continue;
            }

            if (blankLine != 0)
            {
                throw DataException.For(
                    path, $"line {blankLine} is empty", "Delete it, or fill in the sample");
            }

            int found = new CsvRow(path, lines.LineNumber).Parse(line, labels, values);
            columns = columns == 0 ? found : columns;
            if (found != columns)
            {
                throw DataException.For(
                    path, $"line {lines.LineNumber} has {found:N0} columns, those before it " +
                    $"{columns:N0}", "Every line needs a label and the same number of values");
            }
        }

        return labels.Count > 0
            ? new CsvTable(path, [.. labels], values, columns - 1)
            : throw DataException.For(
                path, "it has no samples", "Put a label and values on each line");
    }

    private static bool IsHeader(ReadOnlySpan<byte> line)
    {
        int comma = line.IndexOf((byte)',');
        ReadOnlySpan<byte> field = CsvRow.Unquote(comma < 0 ? line : line[..comma]);
        return !field.IsEmpty
            && !double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
    }
}
