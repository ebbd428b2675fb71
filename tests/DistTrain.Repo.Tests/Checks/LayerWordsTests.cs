namespace DistTrain.Repo.Tests;

public sealed class LayerWordsTests
{
    [Fact]
    public void The_protocol_never_sees_a_fraction() =>
        Repository.CSharp.Where(file => file.IsIn("src/DistTrain.Protocol"))
            .SelectMany(LayerWords.Fractions).ShouldBeEmpty();

    [Fact]
    public void Only_Numerics_and_memory_shared_with_other_processes_are_unsafe() =>
        Repository.CSharp
            .Where(file => file.IsIn("src") && !file.IsIn("src/DistTrain.Numerics")
                && !file.IsIn("src/DistTrain.Engine/Nodes/Shared"))
            .SelectMany(LayerWords.Unsafe).ShouldBeEmpty();

    [Theory]
    [InlineData("float x;")]
    [InlineData("List<double> x;")]
    [InlineData("(decimal)x")]
    [InlineData("var x = 0.5;")]
    [InlineData("var x = 2f;")]
    [InlineData("var x = 1_000.5m;")]
    [InlineData("var x = 1e9;")]
    public void A_fraction_is_found(string code) =>
        LayerWords.Fractions(new SourceFile("a.cs", code)).ShouldNotBeEmpty();

    [Theory]
    [InlineData("int x = 12; // 0.5 of a float")]
    [InlineData("long x = 0x1F + 1_000L;")]
    [InlineData("a[1..2]; x1.F();")]
    [InlineData("Send(\"0.5\");")]
    public void A_whole_number_is_no_fraction(string code) =>
        LayerWords.Fractions(new SourceFile("a.cs", code)).ShouldBeEmpty();

    [Theory]
    [InlineData("unsafe struct S;")]
    [InlineData("unsafe { }")]
    [InlineData("x = Unsafe.As<int>(y);")]
    public void Unsafe_code_is_found(string code) =>
        LayerWords.Unsafe(new SourceFile("a.cs", code)).ShouldNotBeEmpty();

    [Theory]
    [InlineData("// unsafe")]
    [InlineData("bool isUnsafe = x.Unsafe;")]
    public void The_word_alone_is_not_unsafe_code(string code) =>
        LayerWords.Unsafe(new SourceFile("a.cs", code)).ShouldBeEmpty();
}
