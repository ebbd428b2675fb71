namespace DistTrain.Learning;

/// <summary>
/// The paper: 28 × 28 pixels that know their distance to the pen's way. A pixel's coverage falls
/// from 1 to 0 over the one pixel around the edge of the pen. Reused by one thread.
/// </summary>
internal sealed class InkCanvas
{
    public const int Side = 28;
    public const int Pixels = Side * Side;

    private readonly float[] _coverage = new float[Pixels];
    private readonly float[] _blurred = new float[Pixels];

    public void Clear() => Array.Clear(_coverage);

    public void Draw(PenPath path)
    {
        for (int i = 1; i < path.Count; i++)
        {
            if (!path.Starts[i])
            {
                DrawPiece(
                    path.X[i - 1], path.Y[i - 1], path.Radius[i - 1],
                    path.X[i], path.Y[i], path.Radius[i]);
            }
        }
    }

    /// <summary>Writes the image: coverage, blurred by a share, inked, as bytes 0 … 255.</summary>
    public void Develop(float blur, float ink, Span<byte> pixels)
    {
        BlurOnce();
        for (int i = 0; i < Pixels; i++)
        {
            float value = _coverage[i] + (blur * (_blurred[i] - _coverage[i]));
            pixels[i] = (byte)RoundToInt(Math.Clamp(value * ink, 0, 1) * 255);
        }
    }

    /// <summary>
    /// Nearest whole number of a value in [0, 2²²): adding 1.5 · 2²³ leaves it in the low bits.
    /// Determinism: a cast may saturate or not by instruction set; this is an addition.
    /// </summary>
    private static int RoundToInt(float value) =>
        BitConverter.SingleToInt32Bits(value + 12582912f) - 0x4B400000;

    /// <summary>One piece of the way: a capsule whose radius goes from r0 to r1.</summary>
    private void DrawPiece(float x0, float y0, float r0, float x1, float y1, float r1)
    {
        float reach = Math.Max(r0, r1) + 0.5f;
        (int left, int right) = Range(Math.Min(x0, x1) - reach, Math.Max(x0, x1) + reach);
        (int top, int bottom) = Range(Math.Min(y0, y1) - reach, Math.Max(y0, y1) + reach);
        float dx = x1 - x0;
        float dy = y1 - y0;
        float square = (dx * dx) + (dy * dy);
        float inverse = square > 1e-12f ? 1 / square : 0;
        for (int row = top; row <= bottom; row++)
        {
            float py = row + 0.5f - y0;
            Span<float> line = _coverage.AsSpan(row * Side, Side);
            for (int column = left; column <= right; column++)
            {
                float px = column + 0.5f - x0;
                float along = Math.Clamp(((px * dx) + (py * dy)) * inverse, 0, 1);
                float ex = px - (along * dx);
                float ey = py - (along * dy);
                float radius = r0 + (along * (r1 - r0)) + 0.5f;
                float away = (ex * ex) + (ey * ey);
                if (away < radius * radius)
                {
                    float cover = Math.Min(1, radius - MathF.Sqrt(away));
                    line[column] = Math.Max(line[column], cover);
                }
            }
        }
    }

    /// <summary>The pixels whose centres may lie in an interval of the plane.</summary>
    private static (int First, int Last) Range(float low, float high) =>
        (RoundToInt(Math.Clamp(low, 0, Side - 1)), RoundToInt(Math.Clamp(high, 0, Side - 1)));

    /// <summary>The binomial filter (1 2 1)ᵀ(1 2 1) / 16; no ink beyond the edge.</summary>
    private void BlurOnce()
    {
        Span<float> rows = stackalloc float[Pixels];
        for (int row = 0; row < Side; row++)
        {
            ReadOnlySpan<float> line = _coverage.AsSpan(row * Side, Side);
            Span<float> blurred = rows.Slice(row * Side, Side);
            blurred[0] = (2 * line[0]) + line[1];
            blurred[Side - 1] = (2 * line[Side - 1]) + line[Side - 2];
            for (int i = 1; i < Side - 1; i++)
            {
                blurred[i] = line[i - 1] + (2 * line[i]) + line[i + 1];
            }
        }

        for (int i = 0; i < Pixels; i++)
        {
            float above = i < Side ? 0 : rows[i - Side];
            float below = i + Side >= Pixels ? 0 : rows[i + Side];
            _blurred[i] = (above + (2 * rows[i]) + below) * (1f / 16);
        }
    }
}
