using System.Globalization;
using System.Text;

namespace DistTrain.Cli;

/// <summary>
/// Reads PGM files, binary (P5) and plain (P2), of up to 16 bits (Netpbm). Throws
/// <see cref="InvalidDataException"/> with what is wrong.
/// </summary>
internal static class PgmFile
{
    public static bool IsPgm(ReadOnlySpan<byte> file) =>
        file.StartsWith("P5"u8) || file.StartsWith("P2"u8);

    public static GrayImage Read(ReadOnlySpan<byte> file)
    {
        bool isPlain = file[1] == (byte)'2';
        int at = 2;
        int columns = Number(file, ref at, "width");
        int rows = Number(file, ref at, "height");
        int max = Number(file, ref at, "largest grey");
        if (columns == 0 || rows == 0 || (long)columns * rows > GrayImage.MaxPixels)
        {
            throw new InvalidDataException($"the PGM says that it has {columns} x {rows} pixels");
        }
        if (max is 0 or > 65_535)
        {
            throw new InvalidDataException($"the PGM's largest grey is {max}, not 1 to 65535");
        }
        at++; // One white space ends the header.
        var pixels = new byte[rows * columns];
        for (int i = 0; i < pixels.Length; i++)
        {
            int value = isPlain ? Number(file, ref at, "pixel") : Raw(file, ref at, max);
            if (value > max)
            {
                throw new InvalidDataException($"pixel {i} of the PGM is above {max}");
            }
            pixels[i] = (byte)(((value * 255) + (max / 2)) / max);
        }
        return new GrayImage(rows, columns, pixels);
    }

    private static int Raw(ReadOnlySpan<byte> file, ref int at, int max)
    {
        int bytes = max > 255 ? 2 : 1;
        if (file.Length - at < bytes)
        {
            throw new InvalidDataException("the PGM is cut short");
        }
        int value = bytes == 2 ? (file[at] << 8) | file[at + 1] : file[at];
        at += bytes;
        return value;
    }

    private static int Number(ReadOnlySpan<byte> file, ref int at, string what)
    {
        while (at < file.Length && (IsSpace(file[at]) || file[at] == (byte)'#'))
        {
            if (file[at] == (byte)'#')
            {
                while (at < file.Length && file[at] != (byte)'\n')
                {
                    at++;
                }
            }
            else
            {
                at++;
            }
        }
        int start = at;
        while (at < file.Length && char.IsAsciiDigit((char)file[at]))
        {
            at++;
        }
        string digits = Encoding.ASCII.GetString(file[start..at]);
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int n)
            ? n : throw new InvalidDataException($"the PGM's {what} is missing or no number");
    }

    private static bool IsSpace(byte b) => b is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r';
}
