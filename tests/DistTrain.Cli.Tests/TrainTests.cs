using System.Diagnostics;
using System.Text.Json;
using DistTrain.Learning;

namespace DistTrain.Cli.Tests;

public sealed class TrainTests : ScratchFolder
{
    [Fact]
    public void A_run_leaves_its_files_and_tells_where_they_are()
    {
        var result = TrainBriefly("run");
        result.ExitCode.ShouldBe(0, result.Error);
        foreach (string file in (string[])["model.dtm", "history.csv", "report.html",
            "recipe.json", "log.jsonl", "checkpoints/step-4.dtm"])
        {
            File.Exists(At(Path.Combine("run", file))).ShouldBeTrue(file);
        }
        result.Output.ShouldContain(Path.Combine("run", "report.html"));
        result.Output.ShouldContain(Path.Combine("run", "model.dtm"));
        result.Output.ShouldContain("test");
        result.Error.ShouldContain("epoch 1/1");
        result.Error.ShouldNotContain("\e");
        RecipeReader.Read(At("run/recipe.json")).Recipe.Epochs.ShouldBe(1);
        File.ReadAllLines(At("run/history.csv")).Length.ShouldBe(2);
        LoggedEvents("run").Count(name => name == "firstStepDone").ShouldBe(1);
    }

    [Fact]
    public void The_resolved_recipe_gives_the_same_weights_again()
    {
        string first = Hash(TrainBriefly("first", "--json"));
        string second = Hash(Run("train", "first/recipe.json", "--out", "second", "--json",
            "--workers", "3", "--parameter-servers", "2", "--isa", "scalar"));
        second.ShouldBe(first);
    }

    [Fact]
    public void Rounds_of_local_steps_are_exact_and_the_model_evaluates()
    {
        // 4 batches of 64 for 3 replicas: one round of 3 batches and one of 1.
        string[] rounds = ["--mode", "local-steps:1", "--replicas", "3", "--json"];
        var first = TrainBriefly("first", [.. rounds, "--workers", "1"]);
        Hash(TrainBriefly("second", [.. rounds, "--workers", "5", "--isa", "scalar"]))
            .ShouldBe(Hash(first));
        using var json = JsonDocument.Parse(first.Output);
        json.RootElement.GetProperty("exact").GetBoolean().ShouldBeTrue();
        json.RootElement.GetProperty("steps").GetInt32().ShouldBe(2);

        var evaluated = Run("evaluate", "first/model.dtm", "--data-limit", "1", "--json");
        evaluated.ExitCode.ShouldBe(0, evaluated.Error);
        var resumed = Run("train", "--resume", "first", "--replicas", "2", "--epochs", "2");
        resumed.ExitCode.ShouldBe(2);
        resumed.Error.ShouldContain("--replicas: is 2, but the run to resume has 3");
    }

    [Theory]
    [InlineData("stale:0", true)]
    [InlineData("stale:2", false)]
    [InlineData("stale:inf", false)]
    public void Bounded_staleness_says_that_it_is_not_exact(string mode, bool isExact)
    {
        var result = TrainBriefly("run", "--mode", mode, "--workers", "2", "--json");
        result.ExitCode.ShouldBe(0, result.Error);
        using var json = JsonDocument.Parse(result.Output);
        json.RootElement.GetProperty("exact").GetBoolean().ShouldBe(isExact);
    }

    [Fact]
    public void Json_is_one_object_with_its_keys_in_order()
    {
        var result = TrainBriefly("run", "--validation-split", "0.25", "--json", "--quiet");
        result.Error.ShouldBeEmpty();
        using var json = JsonDocument.Parse(result.Output);
        var root = json.RootElement;
        root.EnumerateObject().Select(p => p.Name).ShouldBe([
            "recipe", "dataset", "trainSamples", "testSamples", "parameters", "epochs", "steps",
            "seconds", "samplesPerSecond", "trainLoss", "trainAccuracy", "validationLoss",
            "validationAccuracy", "testLoss", "testAccuracy", "confusion", "weightsSha256",
            "exact", "isa", "engine", "workers", "workersLost", "history", "out"]);
        root.GetProperty("trainSamples").GetInt32().ShouldBe(192);
        root.GetProperty("testSamples").GetInt32().ShouldBe(64);
        root.GetProperty("parameters").GetInt32().ShouldBe(101_770);
        root.GetProperty("steps").GetInt32().ShouldBe(3);
        root.GetProperty("validationLoss").GetDouble().ShouldBeGreaterThan(0);
        root.GetProperty("weightsSha256").GetString()!.Length.ShouldBe(64);
        root.GetProperty("history").GetArrayLength().ShouldBe(1);
        root.GetProperty("confusion").EnumerateArray()
            .Sum(row => row.EnumerateArray().Sum(n => n.GetInt32())).ShouldBe(64);
        root.GetProperty("out").GetString().ShouldBe("run");
    }

    [Fact]
    public void Without_out_the_folder_is_named_by_time_and_recipe()
    {
        var result = Run("train", "--data-limit", "64,10", "--batch-size", "32", "--epochs", "1");
        result.ExitCode.ShouldBe(0, result.Error);
        Directory.GetDirectories(At("runs")).ShouldHaveSingleItem()
            .ShouldMatch(@"\d{8}-\d{6}-quickstart$");
    }

    [Fact]
    public void More_epochs_continue_a_run_to_the_bits_of_a_longer_one()
    {
        TrainBriefly("one").ExitCode.ShouldBe(0);
        string resumed = Hash(Run("train", "--resume", "one", "--epochs", "3", "--json"));
        string whole = Hash(Run("train", "--data-limit", "256,64", "--epochs", "3",
            "--batch-size", "64", "--out", "three", "--json"));
        resumed.ShouldBe(whole);
    }

    [Fact]
    public void A_resumed_run_refuses_other_numbers_by_name()
    {
        TrainBriefly("run").ExitCode.ShouldBe(0);
        var result = Run("train", "--resume", "run", "--epochs", "2", "--seed", "9",
            "--l2", "0.01");
        result.ExitCode.ShouldBe(2);
        result.Error.ShouldContain("--seed: is 9, but the run to resume has 1");
        result.Error.ShouldContain("--l2:");
        result.Error.ShouldNotContain("epochs:");
    }

    [Fact]
    public void A_damaged_newest_checkpoint_is_reported_and_the_one_before_is_used()
    {
        TrainBriefly("run", "--checkpoint-every", "2").ExitCode.ShouldBe(0);
        string newest = At("run/checkpoints/step-4.dtm");
        byte[] bytes = File.ReadAllBytes(newest);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(newest, bytes);
        var result = Run("train", "--resume", "run", "--json");
        result.ExitCode.ShouldBe(0, result.Error);
        result.Error.ShouldContain("warning: ");
        result.Error.ShouldContain("step-4.dtm");
        Hash(result).ShouldBe(Hash(TrainBriefly("again", "--json")));
    }

    [Fact]
    public void A_loss_that_is_not_finite_ends_the_run_with_its_place()
    {
        var result = TrainBriefly("run", "--layers", "784-10:linear", "--loss", "sse",
            "--learning-rate", "1e25", "--optimizer", "sgd", "--json");
        result.ExitCode.ShouldBe(1, result.Error);
        result.Output.ShouldBeEmpty();
        result.Error.ShouldContain("step");
        result.Error.ShouldContain("not finite");
        result.Error.ShouldNotContain("   at ");
        File.Exists(At("run/model.dtm")).ShouldBeFalse();
    }

    [SkippableFact]
    public async Task Ctrl_C_saves_exits_130_and_tells_how_to_go_on()
    {
        Skip.If(OperatingSystem.IsWindows(), "signals by kill");
        using var process = DistTrainProcess.Start(Folder, "train", "--data-limit", "2000,10",
            "--epochs", "100000", "--out", "run");
        // The first epoch's line tells that training is under way.
        while (await process.StandardError.ReadLineAsync() is { } line && !line.StartsWith("epoch"))
        {
        }
        Signal(process, "INT");
        string rest = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(130, rest);
        rest.ShouldContain("disttrain train --resume run");
        Directory.GetFiles(At("run/checkpoints")).ShouldNotBeEmpty();
    }

    [Fact]
    public void The_report_escapes_what_it_is_given_and_needs_nothing_else()
    {
        Write("r.json", """
            {"name": "<script>alert(1)</script>", "layers": "784-10:softmax"}
            """);
        var result = Run("train", "r.json", "--data-limit", "64,20", "--batch-size", "32",
            "--epochs", "2", "--out", "run");
        result.ExitCode.ShouldBe(0, result.Error);
        string html = File.ReadAllText(At("run/report.html"));
        html.ShouldNotContain("<script");
        html.ShouldNotContain("http");
        html.ShouldContain("&lt;script&gt;");
        html.ShouldContain("<svg");
        html.ShouldContain("Confusion matrix, test set");
        html.ShouldContain("prefers-color-scheme: dark");
    }

    private static void Signal(Process process, string signal)
    {
        using var kill = Process.Start("kill", ["-" + signal, $"{process.Id}"]);
        kill.WaitForExit();
    }

    private List<string> LoggedEvents(string run)
    {
        var names = new List<string>();
        foreach (string line in File.ReadLines(At(Path.Combine(run, "log.jsonl"))))
        {
            using var json = JsonDocument.Parse(line);
            names.Add(json.RootElement.GetProperty("event").GetString()!);
        }
        return names;
    }

    private static string Hash(ProcessResult result)
    {
        result.ExitCode.ShouldBe(0, result.Error);
        using var json = JsonDocument.Parse(result.Output);
        return json.RootElement.GetProperty("weightsSha256").GetString()!;
    }
}
