using System.Globalization;
using System.Text;
using DistTrain.Learning;

namespace DistTrain.Cli;

/// <summary>
/// A confusion matrix as a table of coloured cells: right answers in one hue, mistakes in another
/// and stronger, since they are what one looks for.
/// </summary>
internal static class ConfusionMap
{
    /// <summary>More classes than this make no readable table.</summary>
    public const int MaxClasses = 40;

    public static string Draw(EvaluationMetrics metrics)
    {
        int classes = metrics.Classes;
        int worst = 1;
        for (int actual = 0; actual < classes; actual++)
        {
            for (int predicted = 0; predicted < classes; predicted++)
            {
                worst = actual == predicted
                    ? worst : Math.Max(worst, metrics.Confusion(actual, predicted));
            }
        }
        var table = new StringBuilder("<div class=\"wide\"><table class=\"confusion\"><thead>");
        table.Append($"<tr><th></th><th colspan=\"{classes}\">taken for</th></tr>");
        table.Append("<tr><th>is</th>");
        for (int c = 0; c < classes; c++)
        {
            table.Append($"<th>{c}</th>");
        }
        table.Append("</tr></thead><tbody>");
        for (int actual = 0; actual < classes; actual++)
        {
            table.Append($"<tr><th>{actual}</th>");
            DrawRow(table, metrics, actual, worst);
            table.Append("</tr>");
        }
        return table.Append("</tbody></table></div>").ToString();
    }

    private static void DrawRow(
        StringBuilder table, EvaluationMetrics metrics, int actual, int worst)
    {
        int support = 0;
        for (int predicted = 0; predicted < metrics.Classes; predicted++)
        {
            support += metrics.Confusion(actual, predicted);
        }
        for (int predicted = 0; predicted < metrics.Classes; predicted++)
        {
            int count = metrics.Confusion(actual, predicted);
            bool isRight = actual == predicted;
            // The square root shows small numbers of mistakes beside large ones.
            double strength = isRight
                ? 0.75 * count / Math.Max(1, support)
                : count == 0 ? 0 : 0.10 + (0.65 * Math.Sqrt((double)count / worst));
            string alpha = strength.ToString("0.##", CultureInfo.InvariantCulture);
            table.Append($"<td class=\"{(isRight ? "right" : "wrong")}\" ");
            table.Append($"style=\"--a:{alpha}\" ");
            table.Append($"title=\"{count} of {support} samples of class {actual} ");
            table.Append($"taken for {predicted}\">{(count == 0 ? "·" : count)}</td>");
        }
    }
}
