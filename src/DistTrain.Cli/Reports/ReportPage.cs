using System.Text;
using DistTrain.Learning;
using static DistTrain.Cli.Html;

namespace DistTrain.Cli;

/// <summary>
/// report.html: one file that shows a run to someone who was not there. Needs no network, no
/// script, and follows the reader's light or dark theme.
/// </summary>
internal static class ReportPage
{
    public static string Draw(RunSummary run)
    {
        var page = new StringBuilder();
        page.Append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        page.Append("<meta name=\"viewport\" content=\"width=device-width\">\n");
        page.Append($"<title>{Text(run.Recipe.Name)} · DistTrain</title>\n");
        page.Append($"<style>\n{ReportStyle.Css}\n</style>\n</head>\n<body>\n<main>\n");
        DrawHead(page, run);
        DrawCurves(page, run);
        DrawClasses(page, run);
        DrawDetails(page, run);
        page.Append($"<footer>DistTrain {Text(run.Version)}. ");
        page.Append("The same recipe, seed and data give the same weights hash, whatever the ");
        page.Append("number of workers.</footer>\n</main>\n</body>\n</html>\n");
        return page.ToString();
    }

    private static void DrawHead(StringBuilder page, RunSummary run)
    {
        string mood = run.Outcome == "completed" ? "good" : "bad";
        page.Append($"<header><h1>{Text(run.Recipe.Name)}");
        page.Append($"<span class=\"badge {mood}\">{Text(run.Outcome)}</span></h1>");
        page.Append($"<p>{Text(run.Recipe.Description)}</p></header>\n<dl class=\"cards\">");
        if (run.Test is { } test)
        {
            Card(page, "Test accuracy", Percent(test.Accuracy));
            Card(page, "Test loss", Real(test.MeanLoss));
        }
        if (run.ValidationSamples > 0)
        {
            Card(page, "Validation accuracy", Percent(run.ValidationAccuracy));
        }
        Card(page, "Train accuracy", Percent(run.TrainAccuracy));
        Card(page, "Epochs", Count(run.History.Count));
        Card(page, "Time", Duration(run.Seconds));
        Card(page, "Samples per second", Count((long)run.SamplesPerSecond));
        Card(page, "Parameters", Count(run.Layout.Count));
        page.Append("</dl>\n");
    }

    private static void Card(StringBuilder page, string name, string value) =>
        page.Append($"<div class=\"card\"><dt>{name}</dt><dd>{value}</dd></div>");

    private static void DrawCurves(StringBuilder page, RunSummary run)
    {
        if (run.History.Count == 0)
        {
            return;
        }
        bool hasValidation = run.History.Any(e => e.ValidationLoss is not null);
        page.Append("<div class=\"two\">");
        Plot("Loss", e => e.TrainLoss, e => e.ValidationLoss);
        Plot("Accuracy", e => e.TrainAccuracy, e => e.ValidationAccuracy);
        page.Append("</div>\n");

        void Plot(string name, Func<EpochRecord, double?> train,
            Func<EpochRecord, double?> validation)
        {
            var curves = new List<Curve>
            {
                new("train", "train", [.. run.History.Select(train)]),
            };
            page.Append($"<section class=\"card\"><h2>{name}<span class=\"legend\">");
            page.Append("<i></i>train");
            if (hasValidation)
            {
                curves.Add(new("validation", "validation", [.. run.History.Select(validation)]));
                page.Append("<i class=\"validation\"></i>validation");
            }
            page.Append("</span></h2>").Append(LinePlot.Draw($"{name} over epochs", curves));
            page.Append("</section>");
        }
    }

    private static void DrawClasses(StringBuilder page, RunSummary run)
    {
        if (run.Judged is not { } metrics || metrics.Classes > ConfusionMap.MaxClasses)
        {
            return;
        }
        page.Append("<div class=\"two\"><section class=\"card\">");
        page.Append($"<h2>Confusion matrix, {run.JudgedName} set</h2>");
        page.Append(ConfusionMap.Draw(metrics)).Append("</section>");
        page.Append($"<section class=\"card\"><h2>Classes, {run.JudgedName} set</h2>");
        page.Append("<table class=\"first\"><thead><tr><th>Class</th><th>Precision</th>");
        page.Append("<th>Recall</th><th>F1</th><th>Samples</th></tr></thead><tbody>");
        foreach (var s in ClassScores.Of(metrics))
        {
            page.Append($"<tr><td>{s.Class}</td><td>{Real(s.Precision)}</td>");
            page.Append($"<td>{Real(s.Recall)}</td><td>{Real(s.F1)}</td>");
            page.Append($"<td>{Count(s.Support)}</td></tr>");
        }
        page.Append("</tbody></table></section></div>\n");
    }

    private static void DrawDetails(StringBuilder page, RunSummary run)
    {
        page.Append("<div class=\"two\"><section class=\"card\"><h2>Run</h2>");
        page.Append("<table class=\"facts\"><tbody>");
        Fact("Data", Text(run.Dataset));
        Fact("Samples", $"{Count(run.TrainSamples)} train, {Count(run.ValidationSamples)} "
            + $"validation, {Count(run.TestSamples)} test");
        Fact("Network", Text(LayersText.Format(run.Layout.InputFeatures, run.Recipe.Layers)));
        Fact("Steps", Count(run.Steps));
        Fact("Engine", Text(run.Engine));
        Fact("Workers", $"{run.Workers}, {run.WorkersLost} lost");
        Fact("Parameter servers", Count(run.ParameterServers));
        Fact("Threads", Count(run.Threads));
        Fact("Instruction set", Text(run.Isa));
        Fact("Weights SHA-256", $"<code>{Text(run.WeightsSha256)}</code>");
        page.Append("</tbody></table></section>");
        page.Append("<section class=\"card\"><h2>Recipe, every field</h2>");
        page.Append($"<pre>{Text(run.ResolvedJson)}</pre></section></div>\n");

        void Fact(string name, string html) =>
            page.Append($"<tr><th>{name}</th><td>{html}</td></tr>");
    }
}
