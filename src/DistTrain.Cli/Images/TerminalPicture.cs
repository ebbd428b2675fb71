using System.Text;
using DistTrain.Learning;

namespace DistTrain.Cli;

/// <summary>
/// A grey picture in a terminal: two rows of pixels a line, by half blocks in 24-bit grey; in
/// shades of characters where there is no colour.
/// </summary>
internal static class TerminalPicture
{
    private const string BlockShades = " ░▒▓█";
    private const string AsciiShades = " .:-=+*#%@";

    public static string Format(GrayImage image, bool hasColour, bool hasUnicode)
    {
        var text = new StringBuilder();
        for (int row = 0; row < image.Rows; row += 2)
        {
            for (int column = 0; column < image.Columns; column++)
            {
                int upper = Grey(image, row, column);
                int lower = row + 1 < image.Rows ? Grey(image, row + 1, column) : 0;
                if (hasColour && hasUnicode)
                {
                    text.Append($"\e[38;2;{upper};{upper};{upper};48;2;{lower};{lower};{lower}m▀");
                }
                else
                {
                    string shades = hasUnicode ? BlockShades : AsciiShades;
                    text.Append(shades[(upper + lower) / 2 * (shades.Length - 1) / 255]);
                }
            }
            text.Append(hasColour && hasUnicode ? "\e[0m\n" : "\n");
        }
        return text.ToString();
    }

    private static byte Grey(GrayImage image, int row, int column) =>
        image.Pixels[(row * image.Columns) + column];
}
