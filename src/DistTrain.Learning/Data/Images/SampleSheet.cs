using System.Text;

namespace DistTrain.Learning;

/// <summary>Samples of a data set side by side: one picture, or an SVG with their labels.</summary>
public static class SampleSheet
{
    private const int Gap = 1;

    /// <summary>One sample as a picture.</summary>
    /// <exception cref="DataException">The samples of the data set are not images.</exception>
    public static GrayImage ImageOf(Dataset set, int index)
    {
        ArgumentNullException.ThrowIfNull(set);
        if (set.ImageShape is not var (rows, columns) || !set.IsBytes)
        {
            throw new DataException(
                $"{set.Name}: its samples are not images. Show a data set of images.");
        }

        return new GrayImage(rows, columns, set.ReadBytes(index).ToArray());
    }

    /// <summary>Samples in rows of <paramref name="across"/>, pixels scale × scale large.</summary>
    public static GrayImage ToImage(
        Dataset set, IReadOnlyList<int> indices, int across, int scale = 1)
    {
        ArgumentNullException.ThrowIfNull(indices);
        ArgumentOutOfRangeException.ThrowIfLessThan(indices.Count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(across, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(scale, 1);
        GrayImage first = ImageOf(set, indices[0]);
        int cellRows = first.Rows + Gap;
        int cellColumns = first.Columns + Gap;
        int down = (indices.Count + across - 1) / across;
        int rows = ((down * cellRows) - Gap) * scale;
        int columns = ((Math.Min(across, indices.Count) * cellColumns) - Gap) * scale;
        byte[] pixels = new byte[checked(rows * columns)];
        for (int i = 0; i < indices.Count; i++)
        {
            int top = i / across * cellRows * scale;
            int left = i % across * cellColumns * scale;
            GrayImage image = ImageOf(set, indices[i]);
            for (int row = 0; row < image.Rows * scale; row++)
            {
                Span<byte> line = pixels.AsSpan(
                    ((top + row) * columns) + left, image.Columns * scale);
                for (int column = 0; column < line.Length; column++)
                {
                    line[column] = image.Pixels[(row / scale * image.Columns) + (column / scale)];
                }
            }
        }

        return new GrayImage(rows, columns, pixels);
    }

    /// <summary>The samples with their labels below; the file needs no other.</summary>
    public static string ToSvg(
        Dataset set, IReadOnlyList<int> indices, int across, int scale = 2)
    {
        ArgumentNullException.ThrowIfNull(indices);
        ArgumentOutOfRangeException.ThrowIfLessThan(indices.Count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(across, 1);
        GrayImage first = ImageOf(set, indices[0]);
        const int LabelHeight = 14;
        int cellWidth = (first.Columns * scale) + 6;
        int cellHeight = (first.Rows * scale) + LabelHeight + 6;
        int width = cellWidth * Math.Min(across, indices.Count);
        int height = cellHeight * ((indices.Count + across - 1) / across);
        var svg = new StringBuilder();
        svg.AppendLine(
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" " +
            $"viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" font-size=\"11\" " +
            "text-anchor=\"middle\">");
        for (int i = 0; i < indices.Count; i++)
        {
            GrayImage image = ImageOf(set, indices[i]);
            int x = (i % across * cellWidth) + 3;
            int y = (i / across * cellHeight) + 3;
            int imageWidth = image.Columns * scale;
            int imageHeight = image.Rows * scale;
            string png = Convert.ToBase64String(PngWriter.ToBytes(image));
            svg.AppendLine(
                $"<image x=\"{x}\" y=\"{y}\" width=\"{imageWidth}\" height=\"{imageHeight}\" " +
                $"style=\"image-rendering:pixelated\" href=\"data:image/png;base64,{png}\"/>");
            svg.AppendLine(
                $"<text x=\"{x + (imageWidth / 2)}\" y=\"{y + imageHeight + LabelHeight - 2}\">" +
                $"{set.Label(indices[i])}</text>");
        }

        return svg.AppendLine("</svg>").ToString();
    }
}
