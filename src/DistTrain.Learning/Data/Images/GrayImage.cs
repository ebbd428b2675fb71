namespace DistTrain.Learning;

/// <summary>A grey picture, 0 background (black) and 255 ink (white), as MNIST has them.</summary>
/// <param name="Rows">Height, pixels.</param>
/// <param name="Columns">Width, pixels.</param>
/// <param name="Pixels">Bytes, (Rows, Columns).</param>
public sealed record GrayImage(int Rows, int Columns, byte[] Pixels)
{
    /// <summary>Rows, and columns, that a picture may have.</summary>
    public const int MaxSide = 4096;

    /// <summary>The same picture with ink and background exchanged.</summary>
    public GrayImage Invert() =>
        this with { Pixels = Array.ConvertAll(Pixels, pixel => (byte)(255 - pixel)) };

    /// <summary>The pixels, if the picture has a given size; pictures are never resized.</summary>
    /// <param name="path">Of the picture, for the message.</param>
    /// <exception cref="DataException">It has another size.</exception>
    public byte[] RequireShape(string path, int rows, int columns) =>
        Rows == rows && Columns == columns
            ? Pixels
            : throw DataException.For(
                path,
                $"the picture is {Columns} × {Rows} pixels, the model takes {columns} × {rows}",
                "Crop and resize it first");
}
