namespace DistTrain.Learning;

/// <summary>
/// A smooth random displacement of the plane: uniform quadratic B-splines over a lattice of
/// 5 × 5 random vectors, one lattice cell being a third of the image.
/// (Elastic distortion of digits: Simard, Steinkraus and Platt, ICDAR 2003.)
/// </summary>
internal sealed class ElasticField
{
    private const int Side = 5;
    private const float CellsPerPixel = 3f / InkCanvas.Side;

    private readonly float[] _x = new float[Side * Side];
    private readonly float[] _y = new float[Side * Side];

    /// <param name="deviation">Standard deviation of a lattice vector's parts, pixels.</param>
    public void Draw(ref DigitRandom random, float deviation)
    {
        for (int i = 0; i < _x.Length; i++)
        {
            _x[i] = deviation * random.Bell();
            _y[i] = deviation * random.Bell();
        }
    }

    /// <summary>Displacement of a point, pixels; a point outside counts as on the edge.</summary>
    public (float X, float Y) At(float x, float y)
    {
        (int column, float u) = Locate(x);
        (int row, float v) = Locate(y);
        Span<float> weightU = stackalloc float[3];
        Span<float> weightV = stackalloc float[3];
        Weights(u, weightU);
        Weights(v, weightV);
        float sumX = 0;
        float sumY = 0;
        for (int j = 0; j < 3; j++)
        {
            for (int i = 0; i < 3; i++)
            {
                int at = ((row + j) * Side) + column + i;
                float weight = weightV[j] * weightU[i];
                sumX += weight * _x[at];
                sumY += weight * _y[at];
            }
        }

        return (sumX, sumY);
    }

    /// <summary>The lattice cell of a coordinate, 0 … 2, and the place inside it, 0 … 1.</summary>
    private static (int Cell, float Inside) Locate(float pixel)
    {
        float place = Math.Clamp(pixel, 0, InkCanvas.Side) * CellsPerPixel;
        int cell = place >= 2 ? 2 : place >= 1 ? 1 : 0;
        return (cell, place - cell);
    }

    private static void Weights(float t, Span<float> weights)
    {
        float rest = 1 - t;
        weights[0] = 0.5f * rest * rest;
        weights[2] = 0.5f * t * t;
        weights[1] = 1 - weights[0] - weights[2];
    }
}
