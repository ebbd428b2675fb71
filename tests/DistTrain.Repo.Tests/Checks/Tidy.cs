using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace DistTrain.Repo.Tests;

/// <summary>
/// Small things that reviewers should not have to see. The patterns are written so that they do
/// not match themselves: this project is checked as well.
/// </summary>
internal static partial class Tidy
{
    public const int MaximumColumns = 100;
    public const int MaximumLines = 500;

    private static readonly ImmutableHashSet<string> MayHoldTabs = [".sln"];

    public static IEnumerable<Finding> LongLines(SourceFile file)
    {
        int number = 0;
        foreach (string line in file.Text.Split('\n'))
        {
            number++;
            int columns = line.EnumerateRunes().Count();
            if (columns > MaximumColumns)
                yield return new Finding(file.Path, number, $"{columns} columns");
        }
    }

    public static IEnumerable<Finding> LongFiles(SourceFile file)
    {
        int lines = file.Text.Count(c => c == '\n');
        if (lines > MaximumLines)
            yield return file.Whole($"{lines} lines; split it by concept");
    }

    public static IEnumerable<Finding> WhiteSpace(SourceFile file)
    {
        int tab = file.Text.IndexOf('\t', StringComparison.Ordinal);
        if (tab >= 0 && !MayHoldTabs.Contains(file.Extension))
            yield return file.At(tab, "a tab");
        int carriage = file.Text.IndexOf('\r', StringComparison.Ordinal);
        if (carriage >= 0)
            yield return file.At(carriage, "a carriage return");
        if (file.Text.Length > 0 && file.Text[^1] != '\n')
            yield return file.Whole("no newline at its end");
        if (file.Text.EndsWith("\n\n", StringComparison.Ordinal))
            yield return file.Whole("empty lines at its end");
    }

    public static IEnumerable<Finding> Leftovers(SourceFile file) =>
        Matches(file, file.Text, Leftover(), "finish it or leave it out");

    public static IEnumerable<Finding> Waits(SourceFile file) =>
        Matches(file, file.Code, Wait(), "tests wait for events, not for time");

    public static IEnumerable<Finding> SwallowedExceptions(SourceFile file) =>
        Matches(file, file.Code, Swallowed(), "name the failure that is expected, or let it go up");

    public static IEnumerable<Finding> MachinePaths(SourceFile file) =>
        Matches(file, file.Text, MachinePath(), "a path of one machine");

    /// <summary>Where packages and images come from is the user's to configure.</summary>
    public static IEnumerable<Finding> RegistryHosts(SourceFile file) =>
        Matches(file, file.Text, RegistryHost(), "a registry's host name");

    private static IEnumerable<Finding> Matches(
        SourceFile file, string text, Regex pattern, string why) =>
        from Match match in pattern.Matches(text)
        select file.At(match.Index, $"{match.Value.Trim()}: {why}");

    /// <summary>Words of unfinished work, and what an unfinished merge leaves.</summary>
    [GeneratedRegex(
        @"\b(?:TOD[O]|FIXM[E]|HAC[K]|XX[X]|NotImplementedExceptio[n])\b|^(?:<{7}|>{7}) ",
        RegexOptions.Multiline)]
    private static partial Regex Leftover();

    /// <summary>A delay without end waits for its cancellation, which is an event.</summary>
    [GeneratedRegex(
        @"\bThread\s*\.\s*Sleep\b"
        + @"|\bTask\s*\.\s*Delay\b(?!\s*\(\s*Timeout\s*\.\s*Infinite)")]
    private static partial Regex Wait();

    [GeneratedRegex(
        @"\bcatch\s*(?:\(\s*(?:System\s*\.\s*)?Exception\b[^)]*\)\s*)?\{\s*\}")]
    private static partial Regex Swallowed();

    [GeneratedRegex(@"(?<![\w.$})-])/(?:root|work|tmp|farm)(?:/|\b)")]
    private static partial Regex MachinePath();

    [GeneratedRegex(
        @"\bnuget[.]org\b|\bnpmjs[.](?:org|com)\b|\bpypi[.]org\b|"
        + @"\b(?:deb|archive)[.](?:debian|ubuntu)|\bmcr[.]microsoft\b"
        + @"|\bdocker[.]io\b|\bghcr[.]io\b|\bquay[.]io\b|\bgithub[.]io/v3\b")]
    private static partial Regex RegistryHost();
}
