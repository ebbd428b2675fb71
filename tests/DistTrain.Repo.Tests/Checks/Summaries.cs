using System.Text.RegularExpressions;

namespace DistTrain.Repo.Tests;

/// <summary>Every public type says in a summary what it is.</summary>
internal static partial class Summaries
{
    public static IEnumerable<Finding> Missing(SourceFile file)
    {
        string[] lines = file.Text.Split('\n');
        string[] code = file.Code.Split('\n');
        bool outerIsPublic = false;
        for (int i = 0; i < code.Length; i++)
        {
            Match type = TypeDeclaration().Match(code[i]);
            if (!type.Success)
                continue;
            bool isPublic = type.Groups["public"].Success;
            bool isOuter = type.Groups["indent"].Length == 0;
            if (isOuter)
                outerIsPublic = isPublic;
            if (isPublic && (isOuter || outerIsPublic) && !HasSummaryAbove(lines, i))
                yield return new Finding(file.Path, i + 1, $"{type.Groups["name"]} has no summary");
        }
    }

    private static bool HasSummaryAbove(string[] lines, int declaration)
    {
        for (int i = declaration - 1; i >= 0; i--)
        {
            string line = lines[i].Trim();
            if (line.StartsWith("///", StringComparison.Ordinal))
            {
                if (line.Contains("<summary>", StringComparison.Ordinal)
                    || line.Contains("<inheritdoc", StringComparison.Ordinal))
                    return true;
            }
            else if (!IsAttribute(line))
            {
                return false;
            }
        }

        return false;
    }

    private static bool IsAttribute(string line) =>
        line.StartsWith('[') || line.EndsWith(']') || line.EndsWith(")]", StringComparison.Ordinal);

    [GeneratedRegex(
        @"^(?<indent> *)(?:(?<public>public)|internal|private|protected|file)?\s*"
        + @"(?:(?:static|sealed|abstract|readonly|ref|partial|unsafe|new)\s+)*"
        + @"(?:record\s+(?:struct|class)|class|struct|interface|enum|record|delegate\s+\S+)\s+"
        + @"(?<name>[A-Z]\w*)")]
    private static partial Regex TypeDeclaration();
}
