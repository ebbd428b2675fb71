using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;

namespace DistTrain.Repo.Tests;

/// <summary>What the documents promise must be there, and what is there must be in them.</summary>
internal static partial class Documents
{
    /// <summary>Relative links whose file or heading does not exist.</summary>
    /// <param name="headings">The anchors of a document, or null if there is no such file.</param>
    public static IEnumerable<Finding> BrokenLinks(
        SourceFile file, Func<string, ImmutableHashSet<string>?> headings)
    {
        string prose = Prose(file.Text);
        foreach (Match match in Link().Matches(prose))
        {
            string target = match.Groups["target"].Value;
            if (target.Contains("://", StringComparison.Ordinal)
                || target.StartsWith("mailto:", StringComparison.Ordinal))
                continue;
            string[] parts = target.Split('#', 2);
            string path = parts[0].Length == 0 ? file.Path : Resolve(file.Folder, parts[0]);
            ImmutableHashSet<string>? anchors = headings(path);
            if (anchors is null)
                yield return file.At(match.Index, $"{target}: there is no {path}");
            else if (parts.Length == 2 && !anchors.Contains(parts[1]))
                yield return file.At(match.Index, $"{target}: no such heading");
        }
    }

    /// <summary>The anchors that a Markdown viewer gives to the headings of a document.</summary>
    public static ImmutableHashSet<string> Anchors(string text) =>
        [.. from Match match in Heading().Matches(Prose(text))
            select Anchor(match.Groups["title"].Value)];

    /// <summary>Options of our program in a document: not those of dotnet or docker.</summary>
    public static ImmutableSortedSet<string> Options(string text)
    {
        string ours = string.Join('\n', text.Split('\n').Select(OurPart));
        return [.. from Match match in Option().Matches(ours) select match.Value];
    }

    /// <summary>A line without the commands of others; of "dotnet run … -- …" the rest.</summary>
    private static string OurPart(string line) =>
        ForeignCommand().Replace(DotnetRun().Replace(line, ""), "");

    private static string Resolve(string folder, string target)
    {
        List<string> parts = [.. folder.Split('/', StringSplitOptions.RemoveEmptyEntries)];
        foreach (string part in target.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".." && parts.Count > 0)
                parts.RemoveAt(parts.Count - 1);
            else if (part != ".")
                parts.Add(part);
        }

        return string.Join('/', parts);
    }

    private static string Anchor(string title)
    {
        StringBuilder anchor = new();
        foreach (char c in title.Trim().ToLowerInvariant())
        {
            if (char.IsLetterOrDigit(c) || c is '-' or '_')
                anchor.Append(c);
            else if (c == ' ')
                anchor.Append('-');
        }

        return anchor.ToString();
    }

    /// <summary>The text with fenced code blanked, every character in its place.</summary>
    private static string Prose(string text) =>
        Fence().Replace(text, block => NotNewline().Replace(block.Value, " "));

    [GeneratedRegex(@"\[[^\]\n]*\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^#{1,6}\s+(?<title>.+?)\s*$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^\s*```.*?^\s*```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"[^\n]")]
    private static partial Regex NotNewline();

    [GeneratedRegex(@"(?<![\w-])--[a-z][a-z0-9-]*")]
    private static partial Regex Option();

    [GeneratedRegex(@"\bdotnet run [^`\n]*? --(?=\s|`|$)")]
    private static partial Regex DotnetRun();

    [GeneratedRegex(@"(?:(?<=^\s*)|(?<=`))(?:dotnet|docker|git) [^`\n]*")]
    private static partial Regex ForeignCommand();
}
