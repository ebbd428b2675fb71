namespace DistTrain.Repo.Tests;

public sealed class ArrowsTests
{
    [Fact]
    public void Projects_refer_only_downwards() =>
        ProjectFile.In("src").SelectMany(Arrows.Of).ShouldBeEmpty();

    [Fact]
    public void Every_layer_of_the_architecture_has_its_project() =>
        ProjectFile.In("src").Select(project => project.Layer).Order()
            .ShouldBe(Arrows.Layers.Order());

    [Fact]
    public void The_default_build_names_no_Akka_package() =>
        Repository.Files
            .Where(file => file.Extension is ".csproj" or ".props" or ".targets")
            .SelectMany(file => Arrows.AkkaByDefault(new ProjectFile(file)))
            .ShouldBeEmpty();

    [Theory]
    [InlineData("Numerics", "Learning")]
    [InlineData("Learning", "Protocol")]
    [InlineData("Protocol", "Numerics")]
    [InlineData("Engine", "Cli")]
    [InlineData("Protocol", "Engine")]
    [InlineData("Protocol", "Wire")]
    [InlineData("Wire", "Learning")]
    public void An_arrow_upwards_or_sideways_is_found(string from, string to) =>
        Arrows.Of(Project(from, $"""
            <ProjectReference Include="../DistTrain.{to}/DistTrain.{to}.csproj" />
            """)).ShouldHaveSingleItem().What.ShouldContain($"may not refer to {to}");

    [Theory]
    [InlineData("Numerics")]
    [InlineData("Learning")]
    [InlineData("Protocol")]
    [InlineData("Wire")]
    public void A_package_in_a_pure_layer_is_found(string layer) =>
        Arrows.Of(Project(layer, """<PackageReference Include="Some.Package" />"""))
            .ShouldHaveSingleItem().What.ShouldContain("Some.Package");

    [Fact]
    public void A_package_in_the_command_line_is_allowed() =>
        Arrows.Of(Project("Cli", """<PackageReference Include="Some.Package" />"""))
            .ShouldBeEmpty();

    [Fact]
    public void Unsafe_blocks_outside_Numerics_and_Engine_are_found()
    {
        const string Unsafe = "<AllowUnsafeBlocks>true</AllowUnsafeBlocks>";
        Arrows.Of(Project("Protocol", Unsafe)).ShouldHaveSingleItem();
        Arrows.Of(Project("Engine", Unsafe)).ShouldBeEmpty();
        Arrows.Of(Project("Numerics", Unsafe)).ShouldBeEmpty();
    }

    [Fact]
    public void A_project_outside_the_architecture_is_found() =>
        Arrows.Of(Project("Helpers", "")).ShouldHaveSingleItem();

    [Theory]
    [InlineData("""<PackageReference Include="Akka.Cluster" />""", 1)]
    [InlineData("""<PackageVersion Include="akka" Version="1" />""", 1)]
    [InlineData("""<PackageReference Include="Akka" Condition="'$(X)' == 'true'" />""", 0)]
    [InlineData("""<PackageReference Include="Akkadian" Condition="" />""", 0)]
    public void Akka_without_a_condition_is_found(string item, int findings) =>
        Arrows.AkkaByDefault(Project("Cli", item)).Count().ShouldBe(findings);

    private static ProjectFile Project(string layer, string item) =>
        new(new SourceFile(
            $"src/DistTrain.{layer}/DistTrain.{layer}.csproj",
            $"<Project><ItemGroup>{item}</ItemGroup></Project>"));
}
