using System.CommandLine;
using System.Globalization;
using DistTrain.Learning;
using Spectre.Console;

namespace DistTrain.Cli;

/// <summary>disttrain evaluate MODEL</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        var command = new Command("evaluate",
            "Tells how good a model is: loss, accuracy, precision, recall and F1 of each class, "
            + "confusion matrix.");
        var model = new Argument<string>("MODEL") { Description = "A model.dtm or checkpoint" };
        var data = CommonOptions.Text("--data", "NAME|DIR|FILE",
            "Samples to judge it by (default: the test set of its own data)");
        var limit = CommonOptions.Text("--data-limit", "N", "Only the first N samples");
        var isa = CommonOptions.Isa();
        var json = CommonOptions.Json();
        var verbose = CommonOptions.Verbose();
        command.Add(model);
        foreach (Option option in new Option[] { data, limit, isa, json, verbose })
        {
            command.Add(option);
        }
        HelpWithExamples.Install(command,
        [
            "disttrain evaluate runs/first/model.dtm",
            "disttrain evaluate runs/first/model.dtm --data fashion-mnist --json",
        ]);
        command.SetAction(parsed =>
        {
            var screen = CommonOptions.Screen(parsed, verbose: verbose);
            var kernels = TrainedModel.KernelsFor(parsed.GetValue(isa));
            int? count = ParseLimit(parsed.GetValue(limit));
            var trained = TrainedModel.Read(parsed.GetValue(model)!);
            var samples = Samples(trained, parsed.GetValue(data), count);
            var task = trained.TaskFor(samples);
            var metrics = new Evaluator(task, kernels).Evaluate(
                samples, 0, task.Batches.MicrobatchesOf(samples), trained.Parameters);
            if (parsed.GetValue(json))
            {
                screen.Result(FormatJson(trained, samples, metrics));
            }
            else
            {
                Show(screen, samples, metrics);
            }
            return ExitCode.Done;
        });
        return command;
    }

    private static int? ParseLimit(string? text)
    {
        if (text is null)
        {
            return null;
        }
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            && count > 0
            ? count
            : throw new CommandException(ExitCode.BadUsage,
                $"--data-limit: \"{text}\" is not a number of samples", "give 1 or more");
    }

    /// <summary>Test samples where the source has any, else all it has.</summary>
    private static Dataset Samples(TrainedModel model, string? source, int? limit)
    {
        var loaded = DataLoader.Open(
            source ?? model.Recipe.Data.Source, DataFolders.FromEnvironment());
        var set = loaded.Test ?? loaded.Training;
        // Without a choice of one's own, the samples that training itself was judged by.
        int? count = limit ?? (source is null && loaded.Test is not null
            ? model.Recipe.Data.TestLimit : null);
        if (limit > set.Count)
        {
            throw new CommandException(ExitCode.BadUsage,
                $"--data-limit: {limit:N0} is more than the {set.Count:N0} samples of {set.Name}",
                "leave it out for all");
        }
        return count is { } some ? new DatasetSlice(set, 0, Math.Min(some, set.Count)) : set;
    }

    private static string FormatJson(
        TrainedModel model, Dataset samples, EvaluationMetrics metrics) => RunJson.Write(json =>
    {
        json.WriteString("model", model.Path);
        json.WriteString("dataset", samples.Name);
        json.WriteNumber("testSamples", metrics.Samples);
        RunJson.WriteReal(json, "testLoss", metrics.MeanLoss);
        RunJson.WriteReal(json, "testAccuracy", metrics.Accuracy);
        json.WriteStartArray("classes");
        foreach (var s in ClassScores.Of(metrics))
        {
            json.WriteStartObject();
            json.WriteNumber("class", s.Class);
            json.WriteNumber("precision", s.Precision);
            json.WriteNumber("recall", s.Recall);
            json.WriteNumber("f1", s.F1);
            json.WriteNumber("samples", s.Support);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        RunJson.WriteConfusion(json, metrics);
        json.WriteString("weightsSha256", ParameterHash.Sha256(model.Parameters));
    });

    private static void Show(Screen screen, Dataset samples, EvaluationMetrics metrics)
    {
        screen.Result($"{samples.Name}, {Html.Count(metrics.Samples)} samples");
        screen.Result($"loss      {Html.Real(metrics.MeanLoss)}");
        screen.Result($"accuracy  {Html.Percent(metrics.Accuracy)}");
        var classes = new Table().Border(TableBorder.Simple);
        foreach (string head in (string[])["class", "precision", "recall", "F1", "samples"])
        {
            classes.AddColumn(new TableColumn(head).RightAligned());
        }
        foreach (var s in ClassScores.Of(metrics))
        {
            classes.AddRow($"{s.Class}", Html.Real(s.Precision), Html.Real(s.Recall),
                Html.Real(s.F1), Html.Count(s.Support));
        }
        screen.Results.Write(classes);
        if (metrics.Classes <= ConfusionMap.MaxClasses)
        {
            ShowConfusion(screen, metrics);
        }
    }

    private static void ShowConfusion(Screen screen, EvaluationMetrics metrics)
    {
        screen.Result("confusion: rows are what it is, columns what it was taken for");
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumn(new TableColumn("").RightAligned());
        for (int c = 0; c < metrics.Classes; c++)
        {
            table.AddColumn(new TableColumn($"{c}").RightAligned());
        }
        for (int actual = 0; actual < metrics.Classes; actual++)
        {
            var row = new List<string> { $"{actual}" };
            for (int predicted = 0; predicted < metrics.Classes; predicted++)
            {
                int count = metrics.Confusion(actual, predicted);
                row.Add(count == 0 ? "." : $"{count}");
            }
            table.AddRow([.. row.Select(Markup.Escape)]);
        }
        screen.Results.Write(table);
    }
}
