namespace DistTrain.Numerics.Tests;

/// <summary>A matrix with gaps between its rows, whose gaps must stay as they are.</summary>
internal sealed class TestMatrix
{
    private const float Canary = 1234.5f;

    private readonly float[] _data;

    public TestMatrix(int rows, int columns, int gap)
    {
        Rows = rows;
        Columns = columns;
        Stride = columns + gap;
        _data = new float[Math.Max(0, ((rows - 1) * Stride) + columns)];
        Array.Fill(_data, Canary);
    }

    public int Rows { get; }

    public int Columns { get; }

    public int Stride { get; }

    public Matrix View => new(_data, Rows, Columns, Stride);

    public static TestMatrix Random(
        Random random, int rows, int columns, int gap, Func<Random, float>? number = null)
    {
        var matrix = new TestMatrix(rows, columns, gap);
        number ??= Mixed;
        for (int i = 0; i < rows; i++)
        {
            foreach (ref float x in matrix.View.Row(i))
            {
                x = number(random);
            }
        }

        return matrix;
    }

    /// <summary>
    /// Mostly ordinary numbers, with zeros of both signs and denormals among them.
    /// </summary>
    public static float Mixed(Random random) => random.Next(10) switch
    {
        0 => 0f,
        1 => -0f,
        2 => BitConverter.Int32BitsToSingle(random.Next(1, 1 << 23)),
        3 => -BitConverter.Int32BitsToSingle(random.Next(1, 1 << 23)),
        _ => Ordinary(random),
    };

    public static float Ordinary(Random random) => (float)((random.NextDouble() * 4) - 2);

    public TestMatrix Copy()
    {
        var copy = new TestMatrix(Rows, Columns, Stride - Columns);
        _data.CopyTo(copy._data, 0);
        return copy;
    }

    /// <summary>The same bits everywhere, gaps included.</summary>
    public void ShouldHaveTheBitsOf(TestMatrix other, string what)
    {
        for (int i = 0; i < _data.Length; i++)
        {
            uint actual = BitConverter.SingleToUInt32Bits(_data[i]);
            uint expected = BitConverter.SingleToUInt32Bits(other._data[i]);
            if (actual != expected && !(float.IsNaN(_data[i]) && float.IsNaN(other._data[i])))
            {
                Assert.Fail(
                    $"{what}: row {i / Stride}, column {i % Stride} of ({Rows}, {Columns}): " +
                    $"{_data[i]:R} (0x{actual:x8}) is not {other._data[i]:R} (0x{expected:x8})");
            }
        }
    }
}
