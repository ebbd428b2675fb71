using System.Globalization;

namespace DistTrain.Learning;

/// <summary>
/// The skeleton of one way to write a digit: strokes of a pen through points in a box of 100 × 100,
/// x to the right, y down. Between two points runs a Catmull-Rom curve; a corner breaks it.
/// </summary>
internal sealed class Glyph
{
    private Glyph(Stroke[] strokes) => Strokes = strokes;

    public Stroke[] Strokes { get; }

    /// <summary>One stroke, pen down to pen up; coordinates in box heights, 0 … 1.</summary>
    public sealed record Stroke(float[] X, float[] Y, bool[] IsCorner);

    /// <summary>
    /// Reads "30,24 52,2* 52,98 | 26,98 78,98": points x,y in hundredths of the box, * a corner,
    /// | the pen lifted.
    /// </summary>
    public static Glyph Parse(string text) =>
        new([.. text.Split('|').Select(ParseStroke)]);

    private static Stroke ParseStroke(string text)
    {
        string[] points = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var stroke = new Stroke(
            new float[points.Length], new float[points.Length], new bool[points.Length]);
        for (int i = 0; i < points.Length; i++)
        {
            stroke.IsCorner[i] = points[i].EndsWith('*');
            string[] pair = points[i].TrimEnd('*').Split(',');
            stroke.X[i] = int.Parse(pair[0], CultureInfo.InvariantCulture) / 100f;
            stroke.Y[i] = int.Parse(pair[1], CultureInfo.InvariantCulture) / 100f;
        }

        return stroke;
    }
}
