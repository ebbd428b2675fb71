using System.Collections.Immutable;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace DistTrain.Repo.Tests;

public sealed class DocumentsTests
{
    [Fact]
    public void Every_link_leads_to_a_file_or_heading() =>
        Repository.Markdown.SelectMany(file => Documents.BrokenLinks(file, AnchorsOf))
            .ShouldBeEmpty();

    [Fact]
    public void Every_recipe_is_described()
    {
        string documents = string.Concat(
            Repository.Markdown.Where(file => file.Path == "README.md" || file.IsIn("docs"))
                .Select(file => file.Text));
        SourceFile[] recipes = [.. Repository.Files.Where(
            file => file.IsIn("config/recipes") && file.Extension == ".json")];
        recipes.ShouldNotBeEmpty();
        recipes.Where(file => !documents.Contains(Path.GetFileNameWithoutExtension(file.Name)))
            .ShouldBeEmpty();
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        string solution = Repository.File("DistTrain.sln").Text.Replace('\\', '/');
        Repository.Files
            .Where(file => file.Extension == ".csproj" && !solution.Contains($"\"{file.Path}\""))
            .ShouldBeEmpty();
    }

    [Fact]
    public void Every_option_of_the_README_exists()
    {
        string program = string.Concat(
            Repository.CSharp.Where(file => file.IsIn("src")).Select(file => file.Text));
        ImmutableSortedSet<string> options =
            Documents.Options(Repository.File("README.md").Text);
        options.ShouldContain("--json");
        options.Where(option => option != "--help" && !program.Contains($"\"{option}\""))
            .ShouldBeEmpty();
    }

    [Fact]
    public void Every_decision_is_listed()
    {
        string list = Repository.File("docs/adr/README.md").Text;
        SourceFile[] decisions = [.. Repository.Markdown.Where(
            file => file.IsIn("docs/adr") && char.IsDigit(file.Name[0]))];
        decisions.ShouldNotBeEmpty();
        decisions.Where(file => !list.Contains($"]({file.Name})")).ShouldBeEmpty();
    }

    [Fact]
    public void The_changelog_speaks_of_the_present_version()
    {
        string version = XDocument.Parse(Repository.File("Directory.Build.props").Text)
            .Descendants("Version").Single().Value;
        Repository.File("CHANGELOG.md").Text
            .ShouldMatch($@"(?m)^## \[(Unreleased|{Regex.Escape(version)})\]");
    }

    [Fact]
    public void The_script_of_the_checks_runs_the_command_of_the_README()
    {
        Repository.File("README.md").Text.ShouldMatch("(?m)^ *dotnet test -c Release *$");
        Repository.File(".ci/run").Text.ShouldContain("README.md");
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(Path.Combine(Repository.Root, ".ci/run"))
                .HasFlag(UnixFileMode.UserExecute).ShouldBeTrue();
        }
    }

    [Theory]
    [InlineData("[a](missing.md)", 1)]
    [InlineData("[a](../README.md)", 0)]
    [InlineData("[a](./NUMERICS.md#the-contract)", 0)]
    [InlineData("[a](NUMERICS.md#gone)", 1)]
    [InlineData("[a](adr)", 0)]
    [InlineData("[a](#here)\n# Here", 0)]
    [InlineData("[a](#there)\n# Here", 1)]
    [InlineData("[a](https://example.org/x)", 0)]
    [InlineData("```\n[a](missing.md)\n```", 0)]
    [InlineData("```\nx\n```\n[a](missing.md)", 1)]
    public void A_broken_link_is_found(string text, int findings)
    {
        Dictionary<string, string> files = new()
        {
            ["docs/A.md"] = text,
            ["docs/NUMERICS.md"] = "# The contract",
            ["docs/adr"] = "",
            ["README.md"] = "",
        };
        Documents.BrokenLinks(
            new SourceFile("docs/A.md", text),
            path => files.TryGetValue(path, out string? found) ? Documents.Anchors(found) : null)
            .Count().ShouldBe(findings);
    }

    [Theory]
    [InlineData("dotnet run --project x -- train --json", "--json")]
    [InlineData("dotnet build --no-restore", "")]
    [InlineData("    dotnet test --no-build", "")]
    [InlineData("`disttrain` is `dotnet run --project x --`, or `--json`", "--json")]
    [InlineData("docker run --rm x train", "")]
    [InlineData("use `--data-limit N`, `--out`.", "--data-limit --out")]
    [InlineData("a --- b -- c |---|", "")]
    public void Options_of_the_program_are_told_from_those_of_others(string text, string options) =>
        string.Join(' ', Documents.Options(text)).ShouldBe(options);

    [Theory]
    [InlineData("# What it is", "what-it-is")]
    [InlineData("## N1. Operations (`+ −`)", "n1-operations--")]
    [InlineData("## A: *b*, c", "a-b-c")]
    public void Headings_give_the_anchors_of_a_viewer(string heading, string anchor) =>
        Documents.Anchors(heading).ShouldHaveSingleItem().ShouldBe(anchor);

    private static ImmutableHashSet<string>? AnchorsOf(string path) =>
        !Repository.Has(path) ? null
        : path.EndsWith(".md", StringComparison.Ordinal)
            ? Documents.Anchors(Repository.File(path).Text)
        : [];
}
