using System.IO.Compression;

namespace DistTrain.Cli.Tests;

/// <summary>Bad input: a message that names it and the fix, the right exit code, and no file.
/// </summary>
public sealed class BadInputTests : ScratchFolder
{
    [Theory]
    [InlineData("--batch-size 0", "--batch-size", "1 to")]
    [InlineData("--batch-size 65 --data-limit 64", "--batch-size", "at most 64")]
    [InlineData("--epochs ten", "--epochs", "whole number")]
    [InlineData("--learning-rate NaN", "--learning-rate", "greater than 0")]
    [InlineData("--learning-rate -1", "--learning-rate", "greater than 0")]
    [InlineData("--layers 784-10:softmx", "--layers", "did you mean 'softmax'?")]
    [InlineData("--layers 700-10:softmax", "--layers", "784")]
    [InlineData("--layers 784-5:softmax", "layers", "labels up to 9")]
    [InlineData("--loss sse --layers 784-10:softmax-dropout:0.5", "--layers", "dropout")]
    [InlineData("--loss binary-cross-entropy", "--loss", "sigmoid")]
    [InlineData("--validation-split 0.999 --data-limit 64", "--validation-split", "leaves none")]
    [InlineData("--data-limit 60001", "--data-limit", "60,000")]
    [InlineData("--early-stopping validation-loss", "--early-stopping", "--validation-split|0.1")]
    [InlineData("--optimizer adm", "--optimizer", "did you mean 'adam'?")]
    [InlineData("--class-weights 1,2", "--class-weights", "10 units")]
    [InlineData("--isa mmx", "--isa", "scalar")]
    [InlineData("--mode stale", "--mode", "stale:2")]
    [InlineData("--mode stale:-1", "--mode", "0 to")]
    [InlineData("--mode local-steps", "--mode", "local-steps:10")]
    [InlineData("--mode local-steps:0", "--mode", "1 to")]
    [InlineData("--replicas 3", "--replicas", "--mode local-steps:10")]
    [InlineData("--mode local-steps:2 --replicas 9 --batch-size 8 --data-limit 64",
        "--replicas", "at most 8")]
    [InlineData("--engine aka", "--engine", "did you mean 'akka'?")]
    [InlineData("--workers 0", "--workers", "1 to")]
    [InlineData("--resume nowhere", "nowhere", "folder of a run")]
    [InlineData("--resume latest", "latest|runs/", "--resume DIR")]
    [InlineData("nothing.json", "nothing.json", "name a file")]
    public void Bad_configuration_exits_2(string arguments, string names, string fix)
    {
        var result = Run(["train", "--out", "run", .. arguments.Split(' ')]);
        result.ExitCode.ShouldBe(2, result.Error);
        ShouldNameOne(result.Error, names);
        ShouldNameOne(result.Error, fix);
        ShouldLeaveNothing(result);
    }

    [Fact]
    public void Every_problem_of_a_recipe_is_told_at_once()
    {
        Write("bad.json", """
            {
              "epoch": 3,
              "layers": "784-10:softmax",
              "batchSize": 0
            }
            """);
        var result = Run("train", "bad.json", "--epochs", "0", "--out", "run");
        result.ExitCode.ShouldBe(2);
        result.Error.ShouldContain("epoch: is not a key of a recipe (line 2)");
        result.Error.ShouldContain("did you mean 'epochs'?");
        result.Error.ShouldContain("batchSize: 0 is out of range (line 4)");
        result.Error.ShouldContain("--epochs:");
        File.Exists(At("run")).ShouldBeFalse();
    }

    [Fact]
    public void A_recipe_that_is_no_json_names_the_place()
    {
        Write("bad.json", "{\n  \"epochs\": 3\n  \"seed\": 1\n}");
        var result = Run("train", "bad.json", "--out", "run");
        result.ExitCode.ShouldBe(2);
        result.Error.ShouldContain("bad.json");
        result.Error.ShouldContain("line 3");
    }

    [Theory]
    [InlineData("mnist", "disttrain data fetch mnist")]
    [InlineData("nowhere", "Known names")]
    public void Missing_data_exits_3(string data, string fix) => ShouldRefuseData(data, fix);

    [Theory]
    [InlineData("1,2,x\n2,3,4\n", "x")]
    [InlineData("1,2,NaN\n2,3,4\n", "NaN|nan")]
    [InlineData("1,2,3\n2,3\n", "line 2")]
    [InlineData("-1,2,3\n", "-1")]
    [InlineData("", "no samples")]
    public void A_bad_csv_exits_3(string text, string names)
    {
        Write("bad.csv", text);
        ShouldRefuseData("bad.csv", names);
    }

    [Fact]
    public void Labels_that_the_network_has_no_output_for_are_refused()
    {
        Write("labels.csv", "0,1,2\n7,3,4\n");
        var result = Run("train", "--data", "labels.csv", "--layers", "2-3:softmax",
            "--batch-size", "1", "--out", "run");
        result.ExitCode.ShouldBe(2, result.Error);
        result.Error.ShouldContain("labels up to 7");
        ShouldLeaveNothing(result);
    }

    [Theory]
    [InlineData("magic", "magic")]
    [InlineData("counts", "labels")]
    [InlineData("short", "short|ends|fewer|cut")]
    [InlineData("cut gzip", "cut short")]
    [InlineData("corrupt gzip", "gzip|damaged|corrupt")]
    [InlineData("missing", "t10k-labels|train-labels")]
    public void Damaged_idx_files_exit_3(string damage, string names)
    {
        IdxSamples.Write(At("set"), samples: 40);
        string images = At("set/train-images-idx3-ubyte");
        byte[] bytes = File.ReadAllBytes(images);
        switch (damage)
        {
            case "magic":
                bytes[3] = 9;
                File.WriteAllBytes(images, bytes);
                break;
            case "counts":
                IdxSamples.WriteLabels(At("set/train-labels-idx1-ubyte"), 39);
                break;
            case "short":
                File.WriteAllBytes(images, bytes[..^5]);
                break;
            case "cut gzip":
                File.Delete(images);
                File.WriteAllBytes(images + ".gz", Gzip(bytes)[..^20]);
                break;
            case "corrupt gzip":
                File.Delete(images);
                byte[] corrupt = Gzip(bytes);
                corrupt[^6] ^= 0x40; // Inside the checksum.
                File.WriteAllBytes(images + ".gz", corrupt);
                break;
            default:
                File.Delete(At("set/train-labels-idx1-ubyte"));
                break;
        }
        ShouldRefuseData("set", names);
    }

    [Fact]
    public void An_out_folder_that_is_not_empty_is_refused_and_left_alone()
    {
        Directory.CreateDirectory(At("run"));
        Write("run/mine.txt", "precious");
        var result = Run("train", "--out", "run");
        result.ExitCode.ShouldBe(2);
        result.Error.ShouldContain("--resume run");
        Directory.EnumerateFileSystemEntries(At("run")).ShouldHaveSingleItem();
    }

    [Fact]
    public void An_out_folder_that_cannot_be_made_is_refused_before_training()
    {
        Write("file", "");
        var result = Run("train", "--data-limit", "64,10", "--batch-size", "8",
            "--out", "file/run");
        result.ExitCode.ShouldBe(2);
        result.Error.ShouldContain("file/run");
        result.Error.ShouldContain("--out");
        result.Output.ShouldBeEmpty();
    }

    [SkippableFact]
    public void A_full_disk_is_told_before_training()
    {
        Skip.IfNot(File.Exists("/dev/full"), "needs /dev/full");
        // A run folder cannot be a device; the recipe's own file can be made to fail like a disk.
        Directory.CreateDirectory(At("run"));
        File.CreateSymbolicLink(At("run/.write-test"), "/dev/full");
        var result = Run("train", "--data-limit", "64,10", "--batch-size", "8", "--out", "run");
        result.ExitCode.ShouldBe(2);
        result.Output.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("evaluate")]
    [InlineData("summary")]
    public void A_missing_model_exits_3(string command)
    {
        var result = Run(command, "missing.dtm");
        result.ExitCode.ShouldBe(3);
        result.Error.ShouldContain("missing.dtm");
        result.Output.ShouldBeEmpty();
    }

    private void ShouldRefuseData(string data, string names)
    {
        var result = Run("train", "--data", data, "--batch-size", "1", "--out", "run");
        result.ExitCode.ShouldBe(3, result.Error);
        result.Error.ShouldContain(data);
        ShouldNameOne(result.Error, names);
        ShouldLeaveNothing(result);
    }

    private void ShouldLeaveNothing(ProcessResult result)
    {
        result.Output.ShouldBeEmpty();
        result.Error.ShouldStartWith("error: ");
        result.Error.ShouldNotContain("   at ");
        Directory.Exists(At("run")).ShouldBeFalse();
        Directory.Exists(At("runs")).ShouldBeFalse();
    }

    private static void ShouldNameOne(string text, string alternatives) =>
        alternatives.Split('|').Any(word => text.Contains(word, StringComparison.Ordinal))
            .ShouldBeTrue($"none of {alternatives} in: {text}");

    private static byte[] Gzip(byte[] bytes)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }
        return stream.ToArray();
    }
}
