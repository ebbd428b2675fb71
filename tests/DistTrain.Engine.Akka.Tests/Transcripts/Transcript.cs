using System.Text.RegularExpressions;
using DistTrain.Protocol;
using DistTrain.Simulation;

namespace DistTrain.Engine.Akka.Tests;

/// <summary>
/// Who was told what, in order, a line each. Statuses are left out, since they come with time; so
/// is what is said again and again, numbers that an engine gives (of coordinators, of
/// incarnations), what it says of a cause and whether it found an epoch better. Gradients of a step
/// come in any order.
/// </summary>
internal sealed partial class Transcript
{
    private readonly Dictionary<string, List<string>> _lines = [];

    /// <summary>What a simulated run wrote down with all messages.</summary>
    public static Transcript OfSimulation(string verbose)
    {
        var transcript = new Transcript();
        foreach (Match sent in SentLine().Matches(verbose))
        {
            transcript.Add(sent.Groups[1].Value, sent.Groups[2].Value);
        }

        return transcript;
    }

    public void Add(string to, object message)
    {
        string line = message as string ?? MessageText.Of(message);
        if (line.StartsWith(nameof(SliceStatus), StringComparison.Ordinal)
            || line.StartsWith(nameof(ReportStatus), StringComparison.Ordinal)
            || line.StartsWith(nameof(WorkerWelcomed), StringComparison.Ordinal))
        {
            return;
        }

        line = CoordinatorNumber().Replace(line, "$1");
        line = OfTheEngine().Replace(line, "");
        lock (_lines)
        {
            if (!_lines.TryGetValue(to, out List<string>? lines))
            {
                _lines[to] = lines = [];
            }

            if (lines.LastOrDefault() != line)
            {
                lines.Add(line);
            }
        }
    }

    /// <summary>All that somebody was told.</summary>
    public string Of(string to)
    {
        lock (_lines)
        {
            return string.Join('\n', InOrder(_lines.GetValueOrDefault(to, [])));
        }
    }

    private static IEnumerable<string> InOrder(IEnumerable<string> lines)
    {
        var gradients = new SortedSet<string>(StringComparer.Ordinal);
        foreach (string line in lines)
        {
            if (line.StartsWith(nameof(Contribution), StringComparison.Ordinal))
            {
                gradients.Add(line); // the step is the first that tells them apart
                continue;
            }

            foreach (string gradient in gradients)
            {
                yield return gradient;
            }

            gradients.Clear();
            yield return line;
        }
    }

    [GeneratedRegex(@"^ {20,}to ([^:]+): (.+)$", RegexOptions.Multiline)]
    private static partial Regex SentLine();

    [GeneratedRegex(@"\b(g\d+)\.\d+")]
    private static partial Regex CoordinatorNumber();

    [GeneratedRegex("( Incarnation=\\d+)|( Improved=\\w+)|( \"[^\"]*\")")]
    private static partial Regex OfTheEngine();
}
