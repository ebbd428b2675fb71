using FsCheck;
using FsCheck.Fluent;

namespace DistTrain.Repo.Tests;

public sealed class CSharpCodeTests
{
    [Theory]
    [InlineData("a // x", "a")]
    [InlineData("a /* x */ b", "a b")]
    [InlineData("/* x\n x */ b", "\n b")]
    [InlineData("f(\"x // x\"); b", "f(\" \"); b")]
    [InlineData("f(\"x \\\" x\"); b", "f(\" \"); b")]
    [InlineData("f(@\"x \"\" x\\\"); b", "f(@\" \"); b")]
    [InlineData("f(\"\"); b", "f(\"\"); b")]
    [InlineData("f($\"x {a.b} x\"); c", "f($\" {a.b} \"); c")]
    [InlineData("f($\"x {{x}} {a:x.x}\"); c", "f($\" {a }\"); c")]
    [InlineData("f($\"{(a ? \"x\" : \"x\")}\"); c", "f($\"{(a ? \" \" : \" \")}\"); c")]
    [InlineData("f(\"\"\"x \"x\" x\"\"\"); c", "f(\"\"\" \"\"\"); c")]
    [InlineData("f($$\"\"\"{x} {{a}} x\"\"\"); c", "f($$\"\"\" {{a}} \"\"\"); c")]
    [InlineData("f($$\"\"\"{{{a}}, x}\"\"\"); c", "f($$\"\"\" {{a}} \"\"\"); c")]
    [InlineData("f('\"'); c", "f( ); c")]
    [InlineData("f('\\''); c", "f( ); c")]
    public void Comments_and_literals_are_blanked_and_code_stays(string text, string expected) =>
        Squeezed(CSharpCode.Of(text)).ShouldBe(Squeezed(expected));

    [Fact]
    public void Every_character_keeps_its_place_in_any_text() =>
        Prop.ForAll<NonNull<string>>(text =>
        {
            string code = CSharpCode.Of(text.Get);
            return code.Length == text.Get.Length
                && code.Zip(text.Get).All(pair => pair.First == ' ' || pair.First == pair.Second)
                && code.Count(c => c == '\n') == text.Get.Count(c => c == '\n');
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Code_after_every_literal_of_the_repository_is_seen()
    {
        // A scanner that lost its way in a literal would blank the brace that ends the file.
        foreach (SourceFile file in Repository.CSharp)
        {
            string code = file.Code;
            code.Count(c => c == '{').ShouldBe(code.Count(c => c == '}'), file.Path);
        }
    }

    private static string Squeezed(string text) =>
        string.Join(" ", text.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
