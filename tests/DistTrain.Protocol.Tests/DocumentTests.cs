using System.Reflection;
using System.Text.RegularExpressions;

namespace DistTrain.Protocol.Tests;

/// <summary>docs/PROTOCOL.md says what the code does.</summary>
public sealed partial class DocumentTests
{
    [Fact]
    public void The_message_table_lists_every_message_once_under_its_own_number()
    {
        string[] messages = [.. typeof(Worker).Assembly.GetTypes()
            .Where(t => t is { IsAbstract: false, IsPublic: true })
            .Where(t => typeof(CoordinatorMessage).IsAssignableFrom(t)
                || typeof(ParameterServerMessage).IsAssignableFrom(t)
                || typeof(WorkerMessage).IsAssignableFrom(t))
            .Select(t => t.Name).Order(StringComparer.Ordinal)];

        IReadOnlyList<Match> rows = TableRow().Matches(Text());

        rows.Select(r => r.Groups["name"].Value).Order(StringComparer.Ordinal).ShouldBe(messages);
        rows.Select(r => int.Parse(r.Groups["number"].Value)).ShouldBeUnique();
    }

    [Fact]
    public void The_tests_named_under_races_exist()
    {
        HashSet<string> tests = [.. Assembly.GetExecutingAssembly().GetTypes()
            .SelectMany(t => t.GetMethods()).Select(m => m.Name)];
        string[] named = [.. TestName().Matches(Text()).Select(m => m.Groups["name"].Value)];

        named.Length.ShouldBeGreaterThan(15);
        named.Where(n => !tests.Contains(n)).ShouldBeEmpty();
    }

    private static string Text()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "DistTrain.sln")))
        {
            folder = folder.Parent.ShouldNotBeNull("the repository's root was not found");
        }

        return File.ReadAllText(Path.Combine(folder.FullName, "docs", "PROTOCOL.md"));
    }

    [GeneratedRegex(@"^\| (?<number>\d+) \| (?<name>\w+) \|", RegexOptions.Multiline)]
    private static partial Regex TableRow();

    [GeneratedRegex(@"`(?<name>[A-Z]\w*_\w+)`")]
    private static partial Regex TestName();
}
