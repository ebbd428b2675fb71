using System.Globalization;

namespace DistTrain.Benchmarks.Compare;

/// <summary>What to compare and for how long.</summary>
internal sealed record CompareOptions
{
    public const string Usage = """
        compare [--data DIR] [--rounds N | --seconds S] [--only steps|gemm|engine] [--quick]
                [--out FILE]

          --data DIR    folder of MNIST (default: $DISTTRAIN_DATA, or what `data fetch` fetched)
          --rounds N    samples of each cell (default 15)
          --seconds S   or seconds of training for each cell of the whole steps
          --only PART   steps, gemm (matrix products) or engine (engine and program) alone
          --quick       3 short rounds: does it run? No figures to quote
          --out FILE    write the report there too
        """;

    private const int UsualRounds = 15, QuickRounds = 3, MostRounds = 10_000;
    private const double UsualSampleSeconds = 0.3, QuickSampleSeconds = 0.1;

    public string? Data { get; private init; }

    public string? Out { get; private init; }

    /// <summary>Null: all parts.</summary>
    public string? Only { get; private init; }

    public bool IsQuick { get; private init; }

    private int? RoundsAsked { get; init; }

    private double? SecondsAsked { get; init; }

    /// <summary>Of one sample of whole steps, without its warm-up.</summary>
    public double SampleSeconds => IsQuick ? QuickSampleSeconds : UsualSampleSeconds;

    public int Rounds =>
        RoundsAsked ?? RoundsOfSeconds ?? (IsQuick ? QuickRounds : UsualRounds);

    private int? RoundsOfSeconds =>
        SecondsAsked is { } seconds ? (int)Math.Ceiling(seconds / SampleSeconds) : null;

    /// <summary>Starts of the program.</summary>
    public int Starts => IsQuick ? 3 : 7;

    public int MemoryEpochs => IsQuick ? 1 : 2;

    public bool Has(string part) => Only is null || Only == part;

    /// <exception cref="FormatException">An option that is not known or has no such value.
    /// </exception>
    public static CompareOptions Parse(IReadOnlyList<string> arguments)
    {
        CompareOptions options = new();
        for (int i = 0; i < arguments.Count; i++)
        {
            string option = arguments[i];
            options = option == "--quick"
                ? options with { IsQuick = true }
                : options.With(option, i + 1 < arguments.Count ? arguments[++i] : null);
        }

        return options;
    }

    private CompareOptions With(string option, string? value)
    {
        bool isNumber = double.TryParse(
            value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            && number > 0 && number <= MostRounds;
        return (option, value) switch
        {
            (_, null) => throw new FormatException($"{option} is not known or lacks its value"),
            ("--data", _) => this with { Data = value },
            ("--out", _) => this with { Out = value },
            ("--rounds", _) when isNumber && number == Math.Floor(number) =>
                this with { RoundsAsked = (int)number },
            ("--seconds", _) when isNumber => this with { SecondsAsked = number },
            ("--only", "steps" or "gemm" or "engine") => this with { Only = value },
            _ => throw new FormatException($"{option} {value} is not known"),
        };
    }
}
