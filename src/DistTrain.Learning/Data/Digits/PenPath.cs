namespace DistTrain.Learning;

/// <summary>
/// The way of the pen over the paper: a polyline in pixels with a radius at each point. Reused
/// from image to image by one thread.
/// </summary>
internal sealed class PenPath
{
    /// <summary>Straight pieces for the curve between two control points.</summary>
    private const int PiecesPerSpan = 5;

    private const int MaxPoints = 128;
    private const int MaxControlPoints = 24;

    private readonly float[] _controlX = new float[MaxControlPoints];
    private readonly float[] _controlY = new float[MaxControlPoints];

    public float[] X { get; } = new float[MaxPoints];

    public float[] Y { get; } = new float[MaxPoints];

    public float[] Radius { get; } = new float[MaxPoints];

    /// <summary>True where the pen comes down: no line leads to this point.</summary>
    public bool[] Starts { get; } = new bool[MaxPoints];

    public int Count { get; private set; }

    /// <summary>Writes a glyph in a style: jitter, curve, affine map, pen pressure.</summary>
    public void Write(Glyph glyph, in DigitStyle style, ref DigitRandom random)
    {
        Count = 0;
        foreach (Glyph.Stroke stroke in glyph.Strokes)
        {
            for (int i = 0; i < stroke.X.Length; i++)
            {
                float u = stroke.X[i] + (style.Jitter * random.Bell());
                float v = stroke.Y[i] + (style.Jitter * random.Bell());
                _controlX[i] = (style.XX * u) + (style.XY * v);
                _controlY[i] = (style.YX * u) + (style.YY * v);
            }

            AddCurve(stroke.IsCorner);
        }

        Centre(style.ShiftX, style.ShiftY);
        Press(style);
    }

    /// <summary>Moves every point by the field's displacement there.</summary>
    public void Distort(ElasticField field)
    {
        for (int i = 0; i < Count; i++)
        {
            (float x, float y) = field.At(X[i], Y[i]);
            X[i] += x;
            Y[i] += y;
        }
    }

    private void AddCurve(bool[] isCorner)
    {
        int last = isCorner.Length - 1;
        AddPoint(_controlX[0], _controlY[0], starts: true);
        for (int i = 0; i < last; i++)
        {
            int before = i == 0 || isCorner[i] ? i : i - 1;
            int after = i + 1 == last || isCorner[i + 1] ? i + 1 : i + 2;
            for (int piece = 1; piece <= PiecesPerSpan; piece++)
            {
                float t = piece / (float)PiecesPerSpan;
                AddPoint(
                    CatmullRom(_controlX, before, i, after, t),
                    CatmullRom(_controlY, before, i, after, t),
                    starts: false);
            }
        }
    }

    /// <summary>From p[at] to p[at + 1]; slopes are half the neighbours' distance.</summary>
    private static float CatmullRom(float[] p, int before, int at, int after, float t)
    {
        float start = p[at];
        float end = p[at + 1];
        float slopeIn = 0.5f * (end - p[before]);
        float slopeOut = 0.5f * (p[after] - start);
        float rise = end - start;
        float c2 = (3 * rise) - (2 * slopeIn) - slopeOut;
        float c3 = slopeIn + slopeOut - (2 * rise);
        return start + (t * (slopeIn + (t * (c2 + (t * c3)))));
    }

    private void AddPoint(float x, float y, bool starts)
    {
        X[Count] = x;
        Y[Count] = y;
        Starts[Count] = starts;
        Count++;
    }

    /// <summary>Puts the middle of the bounding box at the image's middle, plus a shift.</summary>
    private void Centre(float shiftX, float shiftY)
    {
        Centre(X.AsSpan(0, Count), shiftX);
        Centre(Y.AsSpan(0, Count), shiftY);
    }

    private static void Centre(Span<float> values, float shift)
    {
        float low = values[0];
        float high = values[0];
        foreach (float value in values)
        {
            low = Math.Min(low, value);
            high = Math.Max(high, value);
        }

        float move = (0.5f * InkCanvas.Side) + shift - (0.5f * (low + high));
        foreach (ref float value in values)
        {
            value += move;
        }
    }

    private void Press(in DigitStyle style)
    {
        const float ThinnestPen = 0.55f;
        float perPoint = 2f / (Count - 1);
        for (int i = 0; i < Count; i++)
        {
            float along = (i * perPoint) - 1;
            float pressure =
                1 + (style.PressureSlope * along) - (style.PressureBow * along * along);
            Radius[i] = Math.Max(ThinnestPen, style.PenRadius * pressure);
        }
    }
}
