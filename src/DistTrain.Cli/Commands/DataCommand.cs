using System.CommandLine;
using DistTrain.Learning;
using Spectre.Console;

namespace DistTrain.Cli;

/// <summary>disttrain data list|info|fetch|show</summary>
internal static class DataCommand
{
    public static Command Create()
    {
        var command = new Command("data", "Shows and downloads data sets.");
        command.Add(CreateList());
        command.Add(CreateInfo());
        command.Add(DataFetchCommand.Create());
        command.Add(DataShowCommand.Create());
        HelpWithExamples.Install(command, ["disttrain data list", "disttrain data fetch mnist"]);
        return command;
    }

    /// <summary>The argument that names a data set.</summary>
    public static Argument<string> Source() => new("NAME|DIR|FILE")
    {
        Description = "digits, mnist, fashion-mnist, a directory of IDX files, or a CSV",
    };

    private static Command CreateList()
    {
        var command = new Command("list", "Lists the known data sets and whether they are here.");
        HelpWithExamples.Install(command, ["disttrain data list"]);
        command.SetAction(parsed =>
        {
            var screen = CommonOptions.Screen(parsed);
            var folders = DataFolders.FromEnvironment();
            var table = new Table().Border(TableBorder.Simple);
            table.AddColumn("name");
            table.AddColumn("what");
            table.AddColumn("here");
            table.AddRow(DataCatalog.Digits, "generated handwritten digits", "always");
            foreach (var set in DataCatalog.Published)
            {
                table.AddRow(set.Name, Markup.Escape(set.Title), Markup.Escape(
                    IsHere(set.Name, folders) ? "yes" : $"disttrain data fetch {set.Name}"));
            }
            screen.Results.Write(table);
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>True where the set can be opened.</summary>
    public static bool IsHere(string name, DataFolders folders)
    {
        try
        {
            DataLoader.Open(name, folders);
            return true;
        }
        catch (DataException)
        {
            return false;
        }
    }

    private static Command CreateInfo()
    {
        var command = new Command("info", "Tells what a data set holds.");
        var source = Source();
        var verbose = CommonOptions.Verbose();
        command.Add(source);
        command.Add(verbose);
        HelpWithExamples.Install(command,
            ["disttrain data info mnist", "disttrain data info path/to/samples.csv"]);
        command.SetAction(parsed =>
        {
            var screen = CommonOptions.Screen(parsed, verbose: verbose);
            var data = DataLoader.Open(parsed.GetValue(source)!, DataFolders.FromEnvironment());
            Describe(screen, "train", data.Training);
            if (data.Test is not null)
            {
                Describe(screen, "test", data.Test);
            }
            return ExitCode.Done;
        });
        return command;
    }

    private static void Describe(Screen screen, string part, Dataset set)
    {
        string shape = set.ImageShape is { } s ? $" ({s.Rows} x {s.Columns} pixels)" : "";
        screen.Result($"{part}: {set.Count:N0} samples of {set.Features:N0} numbers{shape}, "
            + $"{set.Classes} classes");
        var counts = new int[set.Classes];
        for (int i = 0; i < set.Count; i++)
        {
            counts[set.Label(i)]++;
        }
        string shown = string.Join(' ', counts.Take(ConfusionMap.MaxClasses)
            .Select((n, c) => $"{c}:{n}"));
        screen.Result($"  samples of each class  {shown}"
            + (counts.Length > ConfusionMap.MaxClasses ? " and more" : ""));
        screen.Result($"  SHA-256                {set.ContentSha256}");
    }
}
