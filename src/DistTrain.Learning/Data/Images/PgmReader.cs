namespace DistTrain.Learning;

/// <summary>
/// Portable grey maps: "P2" with numbers as text or "P5" with one or two (big-endian) bytes a
/// pixel; then width, height, the value of white, and the pixels. (Netpbm, pgm(5).)
/// </summary>
internal static class PgmReader
{
    private const int MaxValue = 65535;

    public static GrayImage Read(ReadOnlySpan<byte> file, string path)
    {
        bool isText = file[1] == '2';
        int at = 2;
        int columns = ReadNumber(file, ref at, path, "the width", GrayImage.MaxSide);
        int rows = ReadNumber(file, ref at, path, "the height", GrayImage.MaxSide);
        int white = ReadNumber(file, ref at, path, "the value of white", MaxValue);
        if (columns == 0 || rows == 0 || white == 0)
        {
            throw Damaged(path, "the width, the height or the value of white is 0");
        }

        byte[] pixels = new byte[rows * columns];
        if (isText)
        {
            for (int i = 0; i < pixels.Length; i++)
            {
                int value = ReadNumber(file, ref at, path, $"pixel {i}", white);
                pixels[i] = Scale(value, white);
            }
        }
        else
        {
            // One blank ends the header; what follows are bytes, whatever they look like.
            ReadBytes(file[Math.Min(at + 1, file.Length)..], pixels, white, path);
        }

        return new GrayImage(rows, columns, pixels);
    }

    private static void ReadBytes(
        ReadOnlySpan<byte> body, Span<byte> pixels, int white, string path)
    {
        int size = white > 255 ? 2 : 1;
        if (body.Length < pixels.Length * size)
        {
            throw Damaged(
                path, $"it has {body.Length:N0} of {pixels.Length * size:N0} bytes of pixels");
        }

        for (int i = 0; i < pixels.Length; i++)
        {
            int value = size == 1 ? body[i] : (body[2 * i] << 8) | body[(2 * i) + 1];
            pixels[i] = Scale(Math.Min(value, white), white);
        }
    }

    private static byte Scale(int value, int white) =>
        (byte)(((value * 255) + (white / 2)) / white);

    private static int ReadNumber(
        ReadOnlySpan<byte> file, ref int at, string path, string what, int max)
    {
        SkipBlanksAndComments(file, ref at);
        int start = at;
        int value = 0;
        while (at < file.Length && file[at] is >= (byte)'0' and <= (byte)'9')
        {
            value = (10 * value) + (file[at++] - '0');
            if (value > max)
            {
                throw Damaged(path, $"{what} is more than {max}");
            }
        }

        return at > start ? value : throw Damaged(path, $"{what} is missing or not a number");
    }

    private static void SkipBlanksAndComments(ReadOnlySpan<byte> file, ref int at)
    {
        bool inComment = false;
        while (at < file.Length)
        {
            byte character = file[at];
            inComment = character == '#' || (inComment && character is not (byte)'\n');
            if (!inComment && character is not ((byte)' ' or (>= 9 and <= 13)))
            {
                return;
            }

            at++;
        }
    }

    private static DataException Damaged(string path, string problem) =>
        DataException.For(path, $"damaged PGM: {problem}", "Write the picture again");
}
