namespace DistTrain.Repo.Tests;

public sealed class TidyTests
{
    /// <summary>The Dockerfile must name its default base images in full.</summary>
    private const string ImageNames = "docker/Dockerfile";

    [Fact]
    public void No_line_is_wider_than_a_screen() =>
        Repository.CSharp.SelectMany(Tidy.LongLines).ShouldBeEmpty();

    [Fact]
    public void No_source_is_longer_than_one_concept() =>
        Repository.CSharp.Where(file => file.IsIn("src")).SelectMany(Tidy.LongFiles)
            .ShouldBeEmpty();

    [Fact]
    public void Text_has_no_tabs_and_ends_with_one_newline() =>
        Repository.Files.SelectMany(Tidy.WhiteSpace).ShouldBeEmpty();

    [Fact]
    public void Nothing_is_left_for_later() =>
        Repository.Files.SelectMany(Tidy.Leftovers).ShouldBeEmpty();

    [Fact]
    public void No_test_waits_for_time_to_pass() =>
        Repository.CSharp.Where(file => file.IsIn("tests")).SelectMany(Tidy.Waits)
            .ShouldBeEmpty();

    [Fact]
    public void No_exception_is_swallowed_unnamed() =>
        Repository.CSharp.SelectMany(Tidy.SwallowedExceptions).ShouldBeEmpty();

    [Fact]
    public void No_file_names_a_path_of_one_machine() =>
        Repository.Files.SelectMany(Tidy.MachinePaths).ShouldBeEmpty();

    [Fact]
    public void No_file_names_a_registry() =>
        Repository.Files.Where(file => file.Path != ImageNames)
            .SelectMany(Tidy.RegistryHosts).ShouldBeEmpty();

    [Fact]
    public void A_long_line_is_found_by_its_columns_not_its_bytes()
    {
        string wide = string.Concat(Enumerable.Repeat("😀", 100));
        Tidy.LongLines(File(new string('é', 100) + "\n" + wide)).ShouldBeEmpty();
        Tidy.LongLines(File("a\n" + new string('x', 101))).ShouldHaveSingleItem()
            .Line.ShouldBe(2);
    }

    [Fact]
    public void A_long_file_is_found()
    {
        Tidy.LongFiles(File(new string('\n', 500))).ShouldBeEmpty();
        Tidy.LongFiles(File(new string('\n', 501))).ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("\tx\n")]
    [InlineData("x\r\n")]
    [InlineData("x")]
    [InlineData("x\n\n")]
    public void Untidy_white_space_is_found(string text)
    {
        Tidy.WhiteSpace(File(text)).ShouldHaveSingleItem();
        Tidy.WhiteSpace(File("x\n")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("// TO" + "DO: later")]
    [InlineData("// FIX" + "ME")]
    [InlineData("# HA" + "CK")]
    [InlineData("throw new NotImplemented" + "Exception();")]
    [InlineData("a\n<<<" + "<<<< HEAD")]
    public void A_leftover_is_found(string text)
    {
        Tidy.Leftovers(File(text)).ShouldHaveSingleItem();
        Tidy.Leftovers(File("todos, hackles, Todo")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Thread . Sleep(1);")]
    [InlineData("await Task.Delay(1);")]
    public void A_wait_is_found(string code)
    {
        Tidy.Waits(File(code)).ShouldHaveSingleItem();
        Tidy.Waits(File($"// {code}")).ShouldBeEmpty();
        Tidy.Waits(File("await Task.Delay(Timeout.Infinite, stop);")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("try { } catch { }", 1)]
    [InlineData("try { } catch (Exception)\n{\n}", 1)]
    [InlineData("try { } catch (System.Exception e) { /* fine */ }", 1)]
    [InlineData("try { } catch (Exception e) when (e is IOException) { }", 0)]
    [InlineData("try { } catch (IOException) { }", 0)]
    [InlineData("try { } catch (Exception e) { Tell(e); }", 0)]
    [InlineData("try { } catch { Undo(); throw; }", 0)]
    public void A_swallowed_exception_is_found(string code, int findings) =>
        Tidy.SwallowedExceptions(File(code)).Count().ShouldBe(findings);

    [Theory]
    [InlineData("see /" + "root/x", 1)]
    [InlineData("\"/" + "tmp/x\"", 1)]
    [InlineData("cd /" + "work", 1)]
    [InlineData("~/.cache and docs/tmp/x and ../tmp/x", 0)]
    [InlineData("$HOME/tmp/x and the /workers", 0)]
    public void A_machine_path_is_found(string text, int findings) =>
        Tidy.MachinePaths(File(text)).Count().ShouldBe(findings);

    [Theory]
    [InlineData("https://api.nu" + "get.org/v3", 1)]
    [InlineData("FROM mcr" + ".microsoft.com/dotnet", 1)]
    [InlineData("https://example.org/mnist.gz", 0)]
    public void A_registry_is_found(string text, int findings) =>
        Tidy.RegistryHosts(File(text)).Count().ShouldBe(findings);

    private static SourceFile File(string text) => new("src/Some.cs", text);
}
