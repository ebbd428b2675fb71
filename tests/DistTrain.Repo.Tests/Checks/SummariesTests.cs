namespace DistTrain.Repo.Tests;

public sealed class SummariesTests
{
    [Fact]
    public void Every_public_type_says_what_it_is() =>
        Summaries.Missing(Repository.CSharp.Where(file => file.IsIn("src"))).ShouldBeEmpty();

    [Theory]
    [InlineData("public sealed class A;")]
    [InlineData("public readonly record struct A(int X);")]
    [InlineData("public unsafe interface A { }")]
    [InlineData("public enum A { }")]
    [InlineData("public delegate void A();")]
    [InlineData("// <summary>No documentation comment.</summary>\npublic class A;")]
    [InlineData("/// <summary>Of another.</summary>\n\npublic class A;")]
    [InlineData("/// <param name=\"x\">Only that.</param>\npublic record A(int X);")]
    [InlineData("/// <summary>x</summary>\npublic class B\n{\n    public enum A { }\n}")]
    public void A_public_type_without_a_summary_is_found(string code) =>
        Summaries.Missing([File(code)]).ShouldHaveSingleItem().What.ShouldBe("A has no summary");

    [Theory]
    [InlineData("/// <summary>x</summary>\npublic class A;")]
    [InlineData("/// <summary>\n/// x</summary>\n/// <remarks>x</remarks>\n[B]\npublic class A;")]
    [InlineData("internal class A;")]
    [InlineData("internal class B\n{\n    public class A;\n}")]
    [InlineData("// public class A;")]
    public void Other_types_are_not_found(string code) =>
        Summaries.Missing([File(code)]).ShouldBeEmpty();

    [Fact]
    public void A_partial_type_says_it_in_one_of_its_files()
    {
        SourceFile silent = new("src/P/A.Exp.cs", "public static partial class A { }");
        SourceFile told = new("src/P/A.cs", "/// <summary>x</summary>\n" + silent.Text);
        Summaries.Missing([silent, told]).ShouldBeEmpty();
        Summaries.Missing([silent, told with { Path = "src/Q/A.cs" }]).ShouldHaveSingleItem();
        Summaries.Missing([silent]).ShouldHaveSingleItem();
    }

    private static SourceFile File(string code) => new("src/A.cs", code);
}
