using System.Globalization;
using System.Net;

namespace DistTrain.Cli;

/// <summary>Text and numbers as they stand in a page.</summary>
internal static class Html
{
    /// <summary>Escapes what would be markup; safe between tags and in quoted attributes.</summary>
    public static string Text(string text) => WebUtility.HtmlEncode(text);

    /// <summary>A coordinate.</summary>
    public static string Number(double value) =>
        value.ToString("0.##", CultureInfo.InvariantCulture);

    public static string Percent(double? share) => share is { } value && double.IsFinite(value)
        ? (100 * value).ToString("F2", CultureInfo.InvariantCulture) + " %" : "–";

    public static string Real(double? value) => value is { } number && double.IsFinite(number)
        ? number.ToString("F4", CultureInfo.InvariantCulture) : "–";

    public static string Count(long value) =>
        value.ToString("N0", CultureInfo.InvariantCulture);

    public static string Duration(double seconds) => seconds < 60
        ? seconds.ToString("F1", CultureInfo.InvariantCulture) + " s"
        : TimeSpan.FromSeconds(seconds).ToString(seconds < 3600 ? @"m\:ss" : @"h\:mm\:ss",
            CultureInfo.InvariantCulture);
}
