using System.CommandLine;

namespace DistTrain.Cli.Tests;

public sealed class HelpTests : ScratchFolder
{
    private static readonly string[] Names =
        ["", "train", "evaluate", "predict", "summary", "data", "data list", "data info",
            "data fetch", "data show", "certs", "certs init", "certs node", "cluster", "head",
            "worker", "ps", "simulate",
            "doctor"];

    public static TheoryData<string> Commands => new(Names);

    [Theory]
    [MemberData(nameof(Commands))]
    public void Every_command_has_help_with_an_example(string command)
    {
        var result = Help(command);
        result.ExitCode.ShouldBe(0);
        result.Output.ShouldContain("Example");
        result.Output.ShouldContain($"disttrain {command}".Trim());
        result.Error.ShouldBeEmpty();
    }

    [Fact]
    public void Every_example_is_understood()
    {
        var root = CommandLine.Build();
        foreach (string command in Names)
        {
            string help = Help(command).Output;
            string examples = help[help.IndexOf("Example", StringComparison.Ordinal)..];
            foreach (string line in examples.Split('\n').Where(l => l.StartsWith("  disttrain")))
            {
                root.Parse(line.Trim()["disttrain ".Length..]).Errors.ShouldBeEmpty(line);
            }
        }
    }

    [Fact]
    public void What_is_not_built_yet_is_absent()
    {
        string help = string.Concat(Names.Select(name => Help(name).Output));
        foreach (string word in (string[])["sweep", "export", "bench", "--augment",
            "--dashboard", "--managed", .. AkkaEngine.IsHere ? (string[])[] : ["akka"]])
        {
            help.ShouldNotContain(word, Case.Insensitive);
        }
    }

    [Fact]
    public void The_version_is_a_line() =>
        Run("--version").Output.Trim().ShouldMatch(@"^\d+\.\d+\.\d+$");

    [Theory]
    [InlineData("train --epoch 5", "--epoch", "--epochs")]
    [InlineData("train --epoch", "--epoch", "--epochs")]
    [InlineData("trian", "trian", "train")]
    [InlineData("data lst", "lst", "list")]
    [InlineData("train quickstrt", "quickstrt", "quickstart")]
    [InlineData("data fetch mnits", "mnits", "mnist")]
    [InlineData("certs nod worker-1", "nod", "node")]
    [InlineData("certs node worker-1 --roles wroker", "wroker", "worker")]
    public void A_mistyped_word_is_answered_by_the_one_that_was_meant(
        string arguments, string typed, string meant)
    {
        var result = Run(arguments.Split(' '));
        result.ExitCode.ShouldBe(2);
        result.Output.ShouldBeEmpty();
        result.Error.ShouldContain(typed);
        result.Error.ShouldContain($"did you mean '{meant}'?");
    }

    [Theory]
    [InlineData("")]
    [InlineData("predict")]
    [InlineData("train --epochs")]
    [InlineData("train one two")]
    [InlineData("evaluate")]
    public void Bad_usage_exits_2_and_points_to_the_help(string arguments)
    {
        var result = Run(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        result.ExitCode.ShouldBe(2);
        result.Error.ShouldContain("--help");
        result.Output.ShouldBeEmpty();
    }

    private ProcessResult Help(string command) =>
        Run([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);
}
