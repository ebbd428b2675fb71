using System.CommandLine;
using System.Runtime.InteropServices;
using DistTrain.Learning;
using Spectre.Console;

namespace DistTrain.Cli;

/// <summary>disttrain data fetch NAME</summary>
internal static class DataFetchCommand
{
    public static Command Create()
    {
        var command = new Command("fetch",
            "Downloads a data set; resumes, and verifies each file's SHA-256.");
        var name = new Argument<string>("NAME")
        {
            Description = string.Join(" or ", DataCatalog.Published.Select(s => s.Name)),
        };
        var mirror = CommonOptions.Text(
            "--mirror", "URL", "Folder to download from, instead of the known ones");
        var quiet = CommonOptions.Quiet();
        var verbose = CommonOptions.Verbose();
        command.Add(name);
        command.Add(mirror);
        command.Add(quiet);
        command.Add(verbose);
        HelpWithExamples.Install(command, [
            "disttrain data fetch mnist",
            "disttrain data fetch mnist --mirror https://files.example.org/mnist/",
        ]);
        command.SetAction(parsed =>
        {
            var screen = CommonOptions.Screen(parsed, quiet, verbose);
            PublishedDataset set = Find(parsed.GetValue(name)!);
            return parsed.GetValue(mirror) is { } url
                ? Fetch(set with { Mirrors = [Folder(url)] }, screen)
                : Fetch(set, screen);
        });
        return command;
    }

    private static PublishedDataset Find(string name)
    {
        if (string.Equals(name, DataCatalog.Digits, StringComparison.OrdinalIgnoreCase))
        {
            throw new CommandException(ExitCode.BadUsage,
                "digits are generated; there is nothing to download", "train on them right away");
        }
        var names = DataCatalog.Published.Select(s => s.Name).ToList();
        return DataCatalog.Find(name) ?? throw new CommandException(ExitCode.BadUsage,
            $"there is no data set '{name}' to download",
            DidYouMean.Hint(name, names) ?? "the sets are: " + string.Join(", ", names));
    }

    private static Uri Folder(string url) =>
        Uri.TryCreate(url.EndsWith('/') ? url : url + '/', UriKind.Absolute, out Uri? folder)
        && folder.Scheme is ("http" or "https")
            ? folder
            : throw new CommandException(ExitCode.BadUsage,
                $"--mirror: \"{url}\" is no web address", "give http://… or https://…");

    private static int Fetch(PublishedDataset set, Screen screen)
    {
        string folder = DataFolders.FromEnvironment().DownloadFolder(set.Name);
        using var stop = new CancellationTokenSource();
        using var signal = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
        {
            context.Cancel = true;
            stop.Cancel();
        });
        try
        {
            using var fetcher = new DataFetcher();
            Watch(screen, set, progress =>
                fetcher.FetchAsync(set, folder, progress, stop.Token).GetAwaiter().GetResult());
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            screen.Note("interrupted; fetch again to go on where it stopped");
            return ExitCode.Interrupted;
        }
        screen.Result($"{set.Name} is in {folder}");
        return ExitCode.Done;
    }

    private static void Watch(
        Screen screen, PublishedDataset set, Action<IProgress<FetchProgress>> work)
    {
        if (!Screen.IsLive || screen.IsQuiet)
        {
            work(new Reporter(p =>
            {
                if (p.Note is not null)
                {
                    screen.Note($"{p.File}: {p.Note}");
                }
            }));
            return;
        }
        screen.Progress.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn(), new DownloadedColumn(), new TransferSpeedColumn(),
                new RemainingTimeColumn())
            .Start(context =>
            {
                var bars = set.Files.ToDictionary(f => f.Name, f =>
                    context.AddTask(Markup.Escape(f.Name), autoStart: false, maxValue: f.Bytes));
                work(new Reporter(p =>
                {
                    if (p.Note is not null)
                    {
                        screen.Note($"{p.File}: {p.Note}");
                    }
                    var bar = bars[p.File];
                    if (!bar.IsStarted)
                    {
                        bar.StartTask();
                    }
                    bar.Value = p.Bytes;
                }));
            });
    }

    /// <summary>At once and on the same thread, unlike <see cref="Progress{T}"/>.</summary>
    private sealed class Reporter(Action<FetchProgress> report) : IProgress<FetchProgress>
    {
        public void Report(FetchProgress value) => report(value);
    }
}
