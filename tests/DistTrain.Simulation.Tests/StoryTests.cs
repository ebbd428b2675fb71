using System.Runtime.CompilerServices;

namespace DistTrain.Simulation.Tests;

/// <summary>
/// Scenarios written by hand, each with the story that it tells: Stories/*.txt hold a scenario, a
/// line of dashes and the transcript. DISTTRAIN_REWRITE=1 writes the transcripts anew, to be read
/// in the diff. Regressions/*.txt hold what once failed; they only have to pass.
/// </summary>
public sealed class StoryTests
{
    private const string Rule = "----\n";

    public static TheoryData<string> Stories => NamesIn("Stories");

    public static TheoryData<string> Regressions => NamesIn("Regressions");

    [Theory]
    [MemberData(nameof(Stories))]
    public void A_story_is_told_as_it_was(string name)
    {
        string path = Path.Combine(Folder("Stories"), name);
        string text = File.ReadAllText(path);
        int rule = text.IndexOf(Rule, StringComparison.Ordinal);
        string scenario = rule < 0 ? text : text[..rule];

        (SeedResult result, string told) = Simulator.Replay(scenario, false, false);

        result.Failure.ShouldBeNull();
        int story = told.IndexOf("\n\n", StringComparison.Ordinal) + 2;
        string whole = scenario + Rule + told[story..];
        if (Environment.GetEnvironmentVariable("DISTTRAIN_REWRITE") is not null)
        {
            File.WriteAllText(path, whole);
        }

        whole.ShouldBe(text, $"if the new story is right: DISTTRAIN_REWRITE=1 ({name})");
    }

    [Theory]
    [MemberData(nameof(Regressions))]
    public void What_once_failed_passes(string name)
    {
        string text = File.ReadAllText(Path.Combine(Folder("Regressions"), name));
        text.ShouldStartWith("# ", Case.Sensitive, "its story, in a line");
        Simulator.Replay(text, false, false).Result.Failure.ShouldBeNull();
        Simulator.Replay(text, true, false).Result.Failure.ShouldBeNull();
    }

    private static TheoryData<string> NamesIn(string folder) => new(
        Directory.GetFiles(Folder(folder), "*.txt").Select(f => Path.GetFileName(f)!)
            .Order(StringComparer.Ordinal));

    private static string Folder(string name, [CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, name);
}
