using System.Globalization;

namespace DistTrain.Learning;

/// <summary>
/// Pictures from files: PNG, PGM (P2, P5), or one image of an IDX file, FILE#17 (0 is the first).
/// What a file is, is seen from its first bytes. Black is background, white is ink; a dark digit on
/// white paper must be inverted.
/// </summary>
public static class ImageFile
{
    private const long MaxFileBytes = 1 << 26;

    /// <exception cref="DataException">Missing, damaged or of an unknown format.</exception>
    public static GrayImage Read(string path) => TryRead(path) ?? throw DataException.For(
        path, "this is neither a PNG nor a PGM picture", "Convert it to 8-bit grey PNG");

    /// <summary>The picture, or null where the file is nothing that this class knows.</summary>
    /// <exception cref="DataException">Missing or damaged, or an IDX file without FILE#17.
    /// </exception>
    public static GrayImage? TryRead(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!File.Exists(path) && SplitIndex(path) is var (idxPath, index))
        {
            IdxImages image = IdxFile.ReadImage(idxPath, index);
            return new GrayImage(image.Rows, image.Columns, image.Pixels);
        }

        byte[] bytes = ReadAll(path);
        ReadOnlySpan<byte> file = bytes;
        if (file.StartsWith(PngFormat.Signature))
        {
            return PngReader.Read(file, path);
        }

        if (file.StartsWith("P2"u8) || file.StartsWith("P5"u8))
        {
            return PgmReader.Read(file, path);
        }

        bool isIdx = file.StartsWith("\0\0\b"u8)
            || file.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]);
        return isIdx
            ? throw DataException.For(
                path, "this is an IDX or gzip file with many images",
                $"Name one of its images: {path}#0")
            : null;
    }

    private static (string Path, int Index)? SplitIndex(string path)
    {
        int mark = path.LastIndexOf('#');
        return mark > 0 && int.TryParse(
            path.AsSpan(mark + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int index)
            ? (path[..mark], index)
            : null;
    }

    private static byte[] ReadAll(string path)
    {
        try
        {
            var info = new FileInfo(path);
            return info.Exists && info.Length > MaxFileBytes
                ? throw DataException.For(
                    path, $"{info.Length:N0} bytes are more than {MaxFileBytes:N0}",
                    "Resize it first")
                : File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DataException.CannotRead(path, e);
        }
    }
}
