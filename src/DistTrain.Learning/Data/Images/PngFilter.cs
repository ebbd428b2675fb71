namespace DistTrain.Learning;

/// <summary>
/// Undoes the prediction of each row from its left neighbour (a), the row above (b) and the pixel
/// above the left one (c), in place. (PNG specification, section 9.)
/// </summary>
internal static class PngFilter
{
    /// <param name="rows">Rows, each a filter byte and then its bytes; filtered, then raw.</param>
    public static void Undo(Span<byte> rows, PngHeader header, string path)
    {
        int stride = 1 + header.RowBytes;
        ReadOnlySpan<byte> above = new byte[header.RowBytes];
        for (int row = 0; row < header.Rows; row++)
        {
            Span<byte> line = rows.Slice(row * stride, stride);
            if (line[0] > 4)
            {
                throw PngReader.Damaged(path, $"row {row} has a filter that PNG does not have");
            }

            UndoRow(line[0], line[1..], above, header.PixelBytes);
            above = line[1..];
        }
    }

    private static void UndoRow(
        byte filter, Span<byte> line, ReadOnlySpan<byte> above, int pixelBytes)
    {
        for (int i = 0; i < line.Length; i++)
        {
            int a = i >= pixelBytes ? line[i - pixelBytes] : 0;
            int b = above[i];
            int c = i >= pixelBytes ? above[i - pixelBytes] : 0;
            int predicted = filter switch
            {
                1 => a,
                2 => b,
                3 => (a + b) / 2,
                4 => Paeth(a, b, c),
                _ => 0,
            };
            line[i] = (byte)(line[i] + predicted);
        }
    }

    private static int Paeth(int a, int b, int c)
    {
        int toA = Math.Abs(b - c);
        int toB = Math.Abs(a - c);
        int toC = Math.Abs(a + b - (2 * c));
        return toA <= toB && toA <= toC ? a : toB <= toC ? b : c;
    }
}
