using System.Globalization;
using System.Text;
using static DistTrain.Cli.Html;

namespace DistTrain.Cli;

/// <summary>A curve of a plot.</summary>
/// <param name="Name">In the legend.</param>
/// <param name="Style">Its CSS class.</param>
/// <param name="Values">One an epoch, from the first; null leaves a gap.</param>
internal sealed record Curve(string Name, string Style, IReadOnlyList<double?> Values);

/// <summary>Curves over epochs as inline SVG, coloured by the page's style sheet.</summary>
internal static class LinePlot
{
    private const double Width = 560;
    private const double Height = 300;
    private const double Left = 58;
    private const double Right = 16;
    private const double Top = 14;
    private const double Bottom = 40;

    /// <summary>Points this far apart, in units of the picture, are marked.</summary>
    private const double MarkerSpacing = 9;

    /// <param name="title">For readers who do not see the picture.</param>
    /// <param name="curves">At least one value in all.</param>
    public static string Draw(string title, IReadOnlyList<Curve> curves)
    {
        var values = curves.SelectMany(c => c.Values).OfType<double>().Where(double.IsFinite);
        var y = new Axis(values.DefaultIfEmpty(0).Min(), values.DefaultIfEmpty(1).Max(), 5);
        int epochs = curves.Max(c => c.Values.Count);
        var svg = new StringBuilder();
        svg.Append($"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" class=\"plot\">");
        svg.Append($"<title>{Text(title)}</title>");
        DrawGrid(svg, y, epochs);
        foreach (var curve in curves)
        {
            DrawCurve(svg, curve, y, epochs);
        }
        return svg.Append("</svg>").ToString();
    }

    private static void DrawGrid(StringBuilder svg, Axis y, int epochs)
    {
        foreach (double tick in y.Ticks)
        {
            string at = Number(Y(y, tick));
            svg.Append($"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" ");
            svg.Append($"y1=\"{at}\" y2=\"{at}\"/>");
            svg.Append($"<text class=\"tick\" x=\"{Left - 8}\" y=\"{Number(Y(y, tick) + 4)}\" ");
            svg.Append($"text-anchor=\"end\">{y.Label(tick)}</text>");
        }
        double every = Math.Max(1, new Axis(1, Math.Max(2, epochs), 8).Step);
        for (int epoch = 1; epoch <= epochs; epoch++)
        {
            if (epoch == 1 || epoch % every == 0)
            {
                svg.Append($"<text class=\"tick\" x=\"{Number(X(epoch, epochs))}\" ");
                svg.Append($"y=\"{Height - Bottom + 18}\" text-anchor=\"middle\">{epoch}</text>");
            }
        }
        svg.Append($"<text class=\"tick\" x=\"{Number(Left + ((Width - Left - Right) / 2))}\" ");
        svg.Append($"y=\"{Height - 4}\" text-anchor=\"middle\">epoch</text>");
    }

    private static void DrawCurve(StringBuilder svg, Curve curve, Axis y, int epochs)
    {
        var path = new StringBuilder();
        var markers = new StringBuilder();
        bool hasMarkers = (Width - Left - Right) / Math.Max(1, epochs - 1) >= MarkerSpacing;
        bool isDrawing = false;
        for (int i = 0; i < curve.Values.Count; i++)
        {
            if (curve.Values[i] is not { } value || !double.IsFinite(value))
            {
                isDrawing = false;
                continue;
            }
            string px = Number(X(i + 1, epochs));
            string py = Number(Y(y, value));
            path.Append($"{(isDrawing ? 'L' : 'M')}{px} {py}");
            isDrawing = true;
            if (hasMarkers)
            {
                string shown = value.ToString("G5", CultureInfo.InvariantCulture);
                markers.Append($"<circle cx=\"{px}\" cy=\"{py}\" r=\"2.6\">");
                markers.Append($"<title>{Text(curve.Name)}, epoch {i + 1}: {shown}</title>");
                markers.Append("</circle>");
            }
        }
        svg.Append($"<g class=\"{curve.Style}\"><path d=\"{path}\"/>{markers}</g>");
    }

    private static double X(int epoch, int epochs) => epochs == 1
        ? Left + ((Width - Left - Right) / 2)
        : Left + ((Width - Left - Right) * (epoch - 1) / (epochs - 1));

    private static double Y(Axis axis, double value) =>
        Height - Bottom - ((Height - Top - Bottom) * axis.Position(value));
}
