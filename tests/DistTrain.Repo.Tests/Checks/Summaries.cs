using System.Text.RegularExpressions;

namespace DistTrain.Repo.Tests;

/// <summary>Every public type says in a summary what it is; a partial one says it once.</summary>
internal static partial class Summaries
{
    public static IEnumerable<Finding> Missing(IEnumerable<SourceFile> files)
    {
        PublicType[] types = [.. files.SelectMany(PublicTypes)];
        HashSet<(string, string)> described =
            [.. types.Where(type => type.HasSummary).Select(type => (type.Project, type.Name))];
        return from type in types
               where !type.HasSummary
                   && !(type.IsPartial && described.Contains((type.Project, type.Name)))
               select new Finding(type.File.Path, type.Line, $"{type.Name} has no summary");
    }

    private static IEnumerable<PublicType> PublicTypes(SourceFile file)
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
            if (isPublic && (isOuter || outerIsPublic))
            {
                yield return new PublicType(
                    file, i + 1, type.Groups["name"].Value,
                    type.Value.Contains(" partial ", StringComparison.Ordinal),
                    HasSummaryAbove(lines, i));
            }
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

    private readonly record struct PublicType(
        SourceFile File, int Line, string Name, bool IsPartial, bool HasSummary)
    {
        /// <summary>src/DistTrain.Engine of a file anywhere below it.</summary>
        public string Project => string.Join('/', File.Path.Split('/').Take(2));
    }

    [GeneratedRegex(
        @"^(?<indent> *)(?:(?<public>public)|internal|private|protected|file)?\s*"
        + @"(?:(?:static|sealed|abstract|readonly|ref|partial|unsafe|new)\s+)*"
        + @"(?:record\s+(?:struct|class)|class|struct|interface|enum|record|delegate\s+\S+)\s+"
        + @"(?<name>[A-Z]\w*)")]
    private static partial Regex TypeDeclaration();
}
