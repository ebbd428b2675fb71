using System.Globalization;
using System.Text.Json;

namespace DistTrain.Learning;

/// <summary>
/// Reads one value of a known kind; a wrong one becomes a problem and the fallback is returned, so
/// that reading goes on to the next.
/// </summary>
internal sealed class ValueReader(ProblemList problems)
{
    public ProblemList Problems => problems;

    public long Whole(in RecipeValue value, long min, long max, long fallback)
    {
        const NumberStyles Style = NumberStyles.AllowLeadingSign;
        string range = max == int.MaxValue ? $"{min} or more" : $"{min} to {max}";
        if (Number(value, $"give a whole number, {range}") is not { } number)
        {
            return fallback;
        }
        if (long.TryParse(value.NumberText, Style, CultureInfo.InvariantCulture, out long whole)
            && whole >= min && whole <= max)
        {
            return whole;
        }
        bool fractional = number >= min && number <= max;
        problems.Add(value, fractional
            ? $"{value.Written} is not a whole number"
            : $"{value.Written} is out of range", $"give a whole number, {range}");
        return fallback;
    }

    public int Whole(in RecipeValue value, int min, int max, int fallback) =>
        (int)Whole(value, (long)min, max, fallback);

    public ulong Seed(in RecipeValue value, ulong fallback)
    {
        if (ulong.TryParse(value.NumberText, NumberStyles.None, CultureInfo.InvariantCulture,
            out ulong seed))
        {
            return seed;
        }
        problems.Add(value, $"{value.Written} is not a seed",
            $"give a whole number, 0 to {ulong.MaxValue}");
        return fallback;
    }

    public double Real(in RecipeValue value, RealRange range, double fallback)
    {
        if (Number(value, $"give a number {range}") is not { } number)
        {
            return fallback;
        }
        if (range.Contains(number))
        {
            return number;
        }
        problems.Add(value, $"{value.Written} is out of range", $"give a number {range}");
        return fallback;
    }

    public string Text(in RecipeValue value, int maxLength, string fallback)
    {
        if (!value.IsString)
        {
            problems.Add(value, $"{value.Written} is not text", "put it in quotation marks");
            return fallback;
        }
        string text = value.Element.GetString()!;
        if (text.Length > maxLength || text.Any(char.IsControl))
        {
            problems.Add(value, "is too long or holds control characters",
                $"use at most {maxLength} printable characters");
            return fallback;
        }
        return text;
    }

    public T Choice<T>(in RecipeValue value, NameTable<T> names, T fallback)
        where T : struct, Enum
    {
        if (value.IsString && names.TryFind(value.Element.GetString()!, out T found))
        {
            return found;
        }
        Unknown(value, value.IsString ? value.Element.GetString()! : "", names.Names);
        return fallback;
    }

    /// <summary>Reports a word that is none of the known ones.</summary>
    public void Unknown(in RecipeValue value, string word, IReadOnlyList<string> known) =>
        problems.Add(value, $"{value.Written} is not known",
            (DidYouMean.Hint(word, known) is { } hint ? hint + " " : "")
            + "use one of: " + string.Join(", ", known));

    /// <summary>A finite number, or null after a problem with this hint.</summary>
    private double? Number(in RecipeValue value, string hint)
    {
        if (value.NumberText is not { } text
            || !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture,
                out double number))
        {
            problems.Add(value, $"{value.Written} is not a number",
                value.Element.ValueKind == JsonValueKind.String && !value.IsText
                    ? "write it without quotation marks" : hint);
            return null;
        }
        if (!double.IsFinite(number))
        {
            problems.Add(value, $"{value.Written} is not a finite number", hint);
            return null;
        }
        return number;
    }
}

/// <summary>The real numbers that a field accepts.</summary>
internal readonly record struct RealRange(
    double Min, double Max, bool MinExcluded = false, bool MaxExcluded = false)
{
    /// <summary>0 to 1, without 1: probabilities of dropping, decay rates, shares.</summary>
    public static readonly RealRange Share = new(0, 1, MaxExcluded: true);

    public static readonly RealRange NotNegative = new(0, RecipeLimits.LargestFactor);

    public static readonly RealRange Positive =
        new(0, RecipeLimits.LargestFactor, MinExcluded: true);

    public bool Contains(double x) =>
        (MinExcluded ? x > Min : x >= Min) && (MaxExcluded ? x < Max : x <= Max);

    public override string ToString()
    {
        string low = MinExcluded ? $"greater than {Min}" : $"{Min} or greater";
        string high = MaxExcluded ? $"less than {Max}" : $"at most {Max}";
        return $"{low} and {high}";
    }
}
