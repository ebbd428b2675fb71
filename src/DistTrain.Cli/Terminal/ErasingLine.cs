using Spectre.Console;
using Spectre.Console.Rendering;

namespace DistTrain.Cli;

/// <summary>
/// A line for a terminal that first erases what stands from the cursor on. A live bar that moves
/// down to make room would else leave its old self behind a line that is shorter.
/// </summary>
internal sealed class ErasingLine(string text) : Renderable
{
    private const string EraseToEnd = "\e[J";

    protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        if (options.Ansi)
        {
            yield return Segment.Control(EraseToEnd);
        }
        foreach (var segment in ((IRenderable)new Text(text)).Render(options, maxWidth))
        {
            yield return segment;
        }
        yield return Segment.LineBreak;
    }
}
