using System.CommandLine;
using System.Globalization;
using DistTrain.Learning;
using Spectre.Console;

namespace DistTrain.Cli;

/// <summary>disttrain data show NAME</summary>
internal static class DataShowCommand
{
    private const int DefaultCount = 10;
    private const int MaxCount = 1000;

    /// <summary>Samples beside each other in a picture.</summary>
    private const int Columns = 10;

    /// <summary>Side of a sample's pixel in a PNG.</summary>
    private const int PixelScale = 2;

    public static Command Create()
    {
        var command = new Command("show", "Draws samples, in the terminal or to a picture.");
        var source = DataCommand.Source();
        var count = CommonOptions.Text("--count", "N", $"How many (default {DefaultCount})");
        var first = CommonOptions.Text("--first", "N", "Index of the first (default 0)");
        var test = new Option<bool>("--test") { Description = "Of the test set" };
        var picture = CommonOptions.Text("--out", "FILE.png|FILE.svg", "Write a picture");
        var verbose = CommonOptions.Verbose();
        command.Add(source);
        foreach (Option option in new Option[] { count, first, test, picture, verbose })
        {
            command.Add(option);
        }
        HelpWithExamples.Install(command,
            ["disttrain data show digits --count 3", "disttrain data show mnist --out mnist.png"]);
        command.SetAction(parsed =>
        {
            var screen = CommonOptions.Screen(parsed, verbose: verbose);
            int start = Parse("--first", parsed.GetValue(first), 0, 0, int.MaxValue);
            int number = Parse("--count", parsed.GetValue(count), DefaultCount, 1, MaxCount);
            string? path = parsed.GetValue(picture);
            RefuseOtherPicture(path);
            var set = Open(parsed.GetValue(source)!, parsed.GetValue(test));
            if (start >= set.Count)
            {
                throw new CommandException(ExitCode.BadUsage,
                    $"--first: {start:N0} is behind the last of {set.Count:N0} samples",
                    $"give 0 to {set.Count - 1}");
            }
            number = Math.Min(number, set.Count - start);
            if (path is null)
            {
                Draw(screen, set, start, number);
            }
            else
            {
                Write(screen, path, set, start, number);
            }
            return ExitCode.Done;
        });
        return command;
    }

    private static int Parse(string option, string? text, int fallback, int min, int max)
    {
        if (text is null)
        {
            return fallback;
        }
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int n)
            && n >= min && n <= max
            ? n
            : throw new CommandException(ExitCode.BadUsage,
                $"{option}: \"{text}\" is out of range",
                max == int.MaxValue ? $"give {min} or more" : $"give {min} to {max}");
    }

    private static void RefuseOtherPicture(string? path)
    {
        if (path is not null
            && Path.GetExtension(path).ToLowerInvariant() is not (".png" or ".svg"))
        {
            throw new CommandException(ExitCode.BadUsage,
                $"--out: {path} is neither .png nor .svg", "choose one of these");
        }
    }

    private static Dataset Open(string source, bool isTest)
    {
        var data = DataLoader.Open(source, DataFolders.FromEnvironment());
        var set = isTest ? data.Test : data.Training;
        if (set is null)
        {
            throw new CommandException(ExitCode.BadUsage, $"{source} has no test samples",
                "leave out --test");
        }
        return set.ImageShape is not null && set.IsBytes
            ? set
            : throw new CommandException(ExitCode.BadUsage,
                $"the samples of {source} are no pictures", "see: disttrain data info");
    }

    private static void Draw(Screen screen, Dataset set, int first, int count)
    {
        var terminal = screen.Results.Profile.Capabilities;
        for (int i = first; i < first + count; i++)
        {
            screen.Result($"sample {i}, class {set.Label(i)}");
            screen.Result(TerminalPicture.Format(
                SampleSheet.ImageOf(set, i),
                hasColour: terminal.ColorSystem == ColorSystem.TrueColor,
                hasUnicode: terminal.Unicode));
        }
    }

    private static void Write(Screen screen, string path, Dataset set, int first, int count)
    {
        int[] indices = [.. Enumerable.Range(first, count)];
        if (Path.GetExtension(path).Equals(".png", StringComparison.OrdinalIgnoreCase))
        {
            GrayImage sheet = SampleSheet.ToImage(set, indices, Columns, PixelScale);
            File.WriteAllBytes(path, PngWriter.ToBytes(sheet));
        }
        else
        {
            File.WriteAllText(path, SampleSheet.ToSvg(set, indices, Columns));
        }
        screen.Result($"picture  {path}");
    }
}
