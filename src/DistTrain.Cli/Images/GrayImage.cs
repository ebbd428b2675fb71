namespace DistTrain.Cli;

/// <summary>A grey picture: row-major bytes, (rows, columns), 0 black to 255 white.</summary>
internal sealed record GrayImage(int Rows, int Columns, byte[] Pixels)
{
    /// <summary>No picture of ours is larger; a file that claims to be is refused.</summary>
    public const int MaxPixels = 1 << 24;

    public byte this[int row, int column] => Pixels[(row * Columns) + column];
}
