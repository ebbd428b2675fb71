using System.Text;

namespace DistTrain.Cli;

/// <summary>A grey picture as SVG: one rectangle for each run of equal pixels in a row.</summary>
internal static class SvgPicture
{
    private const int PixelSize = 4;

    public static string Format(GrayImage image)
    {
        var svg = new StringBuilder();
        svg.Append("<svg xmlns=\"http://www.w3.org/2000/svg\" shape-rendering=\"crispEdges\" ");
        svg.Append($"width=\"{image.Columns * PixelSize}\" height=\"{image.Rows * PixelSize}\" ");
        svg.Append($"viewBox=\"0 0 {image.Columns} {image.Rows}\">\n");
        svg.Append($"<rect width=\"{image.Columns}\" height=\"{image.Rows}\"/>\n");
        for (int row = 0; row < image.Rows; row++)
        {
            for (int column = 0; column < image.Columns;)
            {
                byte grey = image[row, column];
                int end = column + 1;
                while (end < image.Columns && image[row, end] == grey)
                {
                    end++;
                }
                if (grey != 0)
                {
                    svg.Append($"<rect x=\"{column}\" y=\"{row}\" width=\"{end - column}\" ");
                    svg.Append($"height=\"1\" fill=\"#{grey:x2}{grey:x2}{grey:x2}\"/>\n");
                }
                column = end;
            }
        }
        return svg.Append("</svg>\n").ToString();
    }
}
