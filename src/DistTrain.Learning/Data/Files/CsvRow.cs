using System.Globalization;
using System.Text;

namespace DistTrain.Learning;

/// <summary>Parses one line of a CSV file; knows where it is, for the error messages.</summary>
internal readonly struct CsvRow(string path, int lineNumber)
{
    private const int MaxColumns = 1 << 20;

    /// <returns>The number of columns, the label's included.</returns>
    public int Parse(ReadOnlySpan<byte> line, List<int> labels, ValueList values)
    {
        int column = 0;
        bool more = true;
        while (more)
        {
            int comma = line.IndexOf((byte)',');
            more = comma >= 0;
            ReadOnlySpan<byte> field = Unquote(more ? line[..comma] : line);
            line = more ? line[(comma + 1)..] : [];
            column++;
            if (column == 1)
            {
                labels.Add(ParseLabel(field));
            }
            else if (!values.TryAdd(ParseValue(field, column)))
            {
                throw At(column, "the table is too large for memory", "Use fewer samples");
            }

            if (column > MaxColumns)
            {
                throw At(column, $"more than {MaxColumns:N0} columns", "Put one sample on a line");
            }
        }

        if (column == 1)
        {
            throw At(1, "the line has a label but no values",
                "Separate the columns by commas, the label first");
        }

        return column;
    }

    /// <summary>A field without the blanks and the double quotes around it.</summary>
    public static ReadOnlySpan<byte> Unquote(ReadOnlySpan<byte> field)
    {
        field = field.Trim(" \t"u8);
        return field.Length >= 2 && field[0] == '"' && field[^1] == '"' ? field[1..^1] : field;
    }

    private int ParseLabel(ReadOnlySpan<byte> field)
    {
        bool isNumber = double.TryParse(
            field, NumberStyles.Float, CultureInfo.InvariantCulture, out double label);
        if (!isNumber || label != Math.Floor(label) || label < 0 || label >= CsvFile.MaxClasses)
        {
            throw At(
                1,
                $"the label {Quote(field)} is not a whole number in 0 … {CsvFile.MaxClasses - 1}",
                "Number the classes from 0 on, in the first column");
        }

        return (int)label;
    }

    private float ParseValue(ReadOnlySpan<byte> field, int column)
    {
        if (field.Length is > 0 and <= 3 && TryParseDigits(field, out int small))
        {
            return small;
        }

        if (field.IsEmpty)
        {
            throw At(column, "the value is missing", "Fill it in, or delete the line");
        }

        bool isNumber = float.TryParse(
            field, NumberStyles.Float, CultureInfo.InvariantCulture, out float value);
        if (!isNumber || !float.IsFinite(value))
        {
            throw At(column, $"{Quote(field)} is not a finite number",
                "Write numbers like 0.5 or 1e-3, or delete the line");
        }

        return value;
    }

    /// <summary>Most fields of a file of pixels: one to three digits.</summary>
    private static bool TryParseDigits(ReadOnlySpan<byte> field, out int value)
    {
        value = 0;
        foreach (byte character in field)
        {
            int digit = character - '0';
            if ((uint)digit > 9)
            {
                return false;
            }

            value = (10 * value) + digit;
        }

        return true;
    }

    private static string Quote(ReadOnlySpan<byte> field)
    {
        const int MaxShown = 40;
        return field.Length <= MaxShown
            ? $"'{Encoding.UTF8.GetString(field)}'"
            : $"'{Encoding.UTF8.GetString(field[..MaxShown])}…'";
    }

    private DataException At(int column, string problem, string fix) =>
        DataException.For(path, $"line {lineNumber}, column {column}: {problem}", fix);
}
