using System.Runtime.Intrinsics;

namespace DistTrain.Learning;

/// <summary>
/// The paper: 28 × 28 pixels that know their distance to the pen's way. A pixel's coverage falls
/// from 1 to 0 over the one pixel around the edge of the pen. Reused by one thread.
/// Determinism: vectors over the columns of a row, each lane with the operations of a scalar;
/// nothing is summed across lanes. (4 µs an image; scalars took 14.)
/// </summary>
internal sealed class InkCanvas
{
    public const int Side = 28;
    public const int Pixels = Side * Side;

    /// <summary>Columns in a vector.</summary>
    private const int Lanes = 8;

    private const int Margin = 1;

    /// <summary>From row to row. The margins hold no ink ever: above, below and on the left for
    /// the blur, on the right also for what a vector covers beyond the last column.</summary>
    private const int Stride = Margin + Side + Lanes;

    private readonly float[] _coverage = new float[(Side + (2 * Margin)) * Stride];
    private readonly float[] _blurredRows = new float[(Side + (2 * Margin)) * Stride];
    private readonly int[] _line = new int[Side + Lanes];

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
        BlurRows();
        for (int row = 0; row < Side; row++)
        {
            for (int column = 0; column < Side; column += Lanes)
            {
                int at = At(row, column);
                Vector256<float> covered = Load(_coverage, at);
                Vector256<float> value = covered + (blur * (Blurred(at) - covered));
                RoundToInt(Clamp01(value * ink) * 255).CopyTo(_line, column);
            }

            Span<byte> line = pixels.Slice(row * Side, Side);
            for (int column = 0; column < line.Length; column++)
            {
                line[column] = (byte)_line[column];
            }
        }
    }

    private static int At(int row, int column) => ((row + Margin) * Stride) + column + Margin;

    private static Vector256<float> Load(float[] plane, int at) =>
        Vector256.Create(plane.AsSpan(at, Lanes));

    /// <summary>
    /// Nearest whole numbers of values in [0, 2²²): adding 1.5 · 2²³ leaves them in the low bits.
    /// Determinism: a cast may saturate or not by instruction set; this is an addition.
    /// </summary>
    private static Vector256<int> RoundToInt(Vector256<float> values) =>
        (values + Vector256.Create(12582912f)).AsInt32() - Vector256.Create(0x4B400000);

    private static Vector256<float> Clamp01(Vector256<float> values) => Vector256.ConditionalSelect(
        Vector256.LessThan(values, Vector256<float>.Zero), Vector256<float>.Zero, AtMost1(values));

    private static Vector256<float> AtMost1(Vector256<float> values) => Vector256.ConditionalSelect(
        Vector256.LessThan(Vector256<float>.One, values), Vector256<float>.One, values);

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
        var edge = Vector256.Create(0.5f);
        for (int first = left; first <= right; first += Lanes)
        {
            Vector256<float> columns = Vector256.Create((float)first) + Vector256<float>.Indices;
            Vector256<float> inBox =
                Vector256.LessThanOrEqual(columns, Vector256.Create((float)right));
            Vector256<float> px = columns + edge - Vector256.Create(x0);
            for (int row = top; row <= bottom; row++)
            {
                float py = row + 0.5f - y0;
                Vector256<float> along =
                    Clamp01(((px * dx) + Vector256.Create(py * dy)) * inverse);
                Vector256<float> ex = px - (along * dx);
                Vector256<float> ey = Vector256.Create(py) - (along * dy);
                Vector256<float> radius = Vector256.Create(r0) + (along * (r1 - r0)) + edge;
                Vector256<float> away = (ex * ex) + (ey * ey);
                Vector256<float> cover = AtMost1(radius - Vector256.Sqrt(away));
                int at = At(row, first);
                Vector256<float> before = Load(_coverage, at);
                Vector256<float> isMore = inBox & Vector256.LessThan(away, radius * radius)
                    & Vector256.LessThan(before, cover);
                Vector256.ConditionalSelect(isMore, cover, before).CopyTo(_coverage, at);
            }
        }
    }

    /// <summary>The pixels whose centres may lie in an interval of the plane.</summary>
    private static (int First, int Last) Range(float low, float high) =>
        (RoundToInt(Math.Clamp(low, 0, Side - 1)), RoundToInt(Math.Clamp(high, 0, Side - 1)));

    private static int RoundToInt(float value) =>
        BitConverter.SingleToInt32Bits(value + 12582912f) - 0x4B400000;

    /// <summary>The rows of the binomial filter (1 2 1)ᵀ(1 2 1) / 16.</summary>
    private void BlurRows()
    {
        for (int row = 0; row < Side; row++)
        {
            for (int column = 0; column < Side; column += Lanes)
            {
                int at = At(row, column);
                Vector256<float> sum = Load(_coverage, at - 1) + (2 * Load(_coverage, at))
                    + Load(_coverage, at + 1);
                sum.CopyTo(_blurredRows, at);
            }
        }
    }

    /// <summary>Its columns, over the rows' results.</summary>
    private Vector256<float> Blurred(int at)
    {
        Vector256<float> sum = Load(_blurredRows, at - Stride) + (2 * Load(_blurredRows, at))
            + Load(_blurredRows, at + Stride);
        return sum * (1f / 16);
    }
}
