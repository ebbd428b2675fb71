using Spectre.Console;

namespace DistTrain.Cli;

/// <summary>The end of <c>train</c> for a person: results, then where the files are.</summary>
internal static class ResultTable
{
    public static void Write(Screen screen, RunSummary run, string? model)
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumn("");
        table.AddColumn(new TableColumn("loss").RightAligned());
        table.AddColumn(new TableColumn("accuracy").RightAligned());
        table.AddColumn(new TableColumn("samples").RightAligned());
        Add("train", run.TrainLoss, run.TrainAccuracy, run.TrainSamples);
        if (run.ValidationSamples > 0)
        {
            Add("validation", run.ValidationLoss, run.ValidationAccuracy, run.ValidationSamples);
        }
        if (run.Test is { } test)
        {
            Add("test", test.MeanLoss, test.Accuracy, run.TestSamples);
        }
        screen.Results.Write(table);
        string how = $"{run.History.Count} epochs, {Html.Count(run.Steps)} steps in "
            + $"{Html.Duration(run.Seconds)}, {Html.Count((long)run.SamplesPerSecond)} samples/s";
        screen.Result($"{how}, {run.Workers} workers, {run.Isa}");
        screen.Result($"weights  {run.WeightsSha256}");
        if (model is not null)
        {
            screen.Result($"model    {model}");
        }
        screen.Result($"report   {run.Folder.Report}");

        void Add(string name, double? loss, double? accuracy, int samples) => table.AddRow(
            name, Html.Real(loss), Html.Percent(accuracy), Html.Count(samples));
    }
}
