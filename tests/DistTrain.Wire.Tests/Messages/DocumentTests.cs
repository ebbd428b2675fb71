using System.Text.RegularExpressions;
using DistTrain.Protocol;

namespace DistTrain.Wire.Tests;

/// <summary>Numbers and senders are those of the tables in docs/PROTOCOL.md and docs/WIRE.md.
/// </summary>
public sealed partial class DocumentTests
{
    [Fact]
    public void Every_message_has_the_number_and_the_sender_of_the_table()
    {
        Dictionary<string, string> table = TableRow().Matches(Documents()).ToDictionary(
            row => row.Groups["name"].Value,
            row => $"{row.Groups["number"].Value} {row.Groups["from"].Value}");

        foreach (MessageFormat format in MessageCodec.Formats)
        {
            string from = format.From switch
            {
                // Told by the engine of the worker's node.
                Role.Worker when format.Type == typeof(WorkerFailed) => "engine",
                Role.Coordinator => "coordinator",
                Role.Worker => "worker",
                Role.Head => "head",
                Role.Node => "node",
                _ => "slice",
            };
            table[format.Name].Replace("slice 0", "slice", StringComparison.Ordinal)
                .ShouldBe($"{format.Number} {from}", format.Name);
        }
    }

    private static string Documents()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "DistTrain.sln")))
        {
            folder = folder.Parent.ShouldNotBeNull("the repository's root was not found");
        }

        string docs = Path.Combine(folder.FullName, "docs");
        return File.ReadAllText(Path.Combine(docs, "PROTOCOL.md"))
            + File.ReadAllText(Path.Combine(docs, "WIRE.md"));
    }

    [GeneratedRegex(
        @"^\| (?<number>\d+) \| (?<name>\w+) \| (?<from>[^→|]+?) →", RegexOptions.Multiline)]
    private static partial Regex TableRow();
}
