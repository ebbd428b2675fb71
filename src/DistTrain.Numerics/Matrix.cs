namespace DistTrain.Numerics;

/// <summary>A writable row-major matrix over memory that it does not own.</summary>
public readonly ref struct Matrix
{
    /// <param name="data">At least (rows − 1) · rowStride + columns numbers.</param>
    /// <param name="rows">Rows, 0 or more.</param>
    /// <param name="columns">Columns, 0 or more.</param>
    /// <param name="rowStride">Numbers between the starts of two rows, at least columns.</param>
    public Matrix(Span<float> data, int rows, int columns, int rowStride)
    {
        ReadOnlyMatrix.Validate(data.Length, rows, columns, rowStride);
        Data = data;
        Rows = rows;
        Columns = columns;
        RowStride = rowStride;
    }

    /// <summary>A matrix without gaps between its rows.</summary>
    public Matrix(Span<float> data, int rows, int columns)
        : this(data, rows, columns, columns)
    {
    }

    public Span<float> Data { get; }

    public int Rows { get; }

    public int Columns { get; }

    public int RowStride { get; }

    public Span<float> Row(int row) => Data.Slice(row * RowStride, Columns);

    /// <summary>The first rows of this matrix.</summary>
    public Matrix Top(int rows) => new(Data, rows, Columns, RowStride);

    /// <summary>Some rows and columns of this matrix.</summary>
    public Matrix Part(int firstRow, int rows, int firstColumn, int columns) => new(
        Data[ReadOnlyMatrix.StartOf(firstRow, rows, firstColumn, columns, RowStride)..],
        rows, columns, RowStride);

    public static implicit operator ReadOnlyMatrix(Matrix matrix) =>
        new(matrix.Data, matrix.Rows, matrix.Columns, matrix.RowStride);
}

/// <summary>A row-major matrix to be read, over memory that it does not own.</summary>
public readonly ref struct ReadOnlyMatrix
{
    /// <inheritdoc cref="Matrix(Span{float}, int, int, int)"/>
    public ReadOnlyMatrix(ReadOnlySpan<float> data, int rows, int columns, int rowStride)
    {
        Validate(data.Length, rows, columns, rowStride);
        Data = data;
        Rows = rows;
        Columns = columns;
        RowStride = rowStride;
    }

    /// <inheritdoc cref="Matrix(Span{float}, int, int)"/>
    public ReadOnlyMatrix(ReadOnlySpan<float> data, int rows, int columns)
        : this(data, rows, columns, columns)
    {
    }

    public ReadOnlySpan<float> Data { get; }

    public int Rows { get; }

    public int Columns { get; }

    public int RowStride { get; }

    public ReadOnlySpan<float> Row(int row) => Data.Slice(row * RowStride, Columns);

    /// <inheritdoc cref="Matrix.Part"/>
    public ReadOnlyMatrix Part(int firstRow, int rows, int firstColumn, int columns) => new(
        Data[StartOf(firstRow, rows, firstColumn, columns, RowStride)..],
        rows, columns, RowStride);

    /// <summary>Where a part begins; one of nothing begins anywhere.</summary>
    internal static int StartOf(
        int firstRow, int rows, int firstColumn, int columns, int rowStride) =>
        rows == 0 || columns == 0 ? 0 : (firstRow * rowStride) + firstColumn;

    internal static void Validate(int length, int rows, int columns, int rowStride)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        ArgumentOutOfRangeException.ThrowIfLessThan(rowStride, columns);
        long needed = rows == 0 ? 0 : ((long)(rows - 1) * rowStride) + columns;
        if (needed > length)
        {
            throw new ArgumentException(
                $"A {rows} × {columns} matrix of row stride {rowStride} needs {needed} numbers, " +
                $"not {length}.");
        }
    }
}
