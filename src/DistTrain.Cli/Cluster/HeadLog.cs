using DistTrain.Engine;
using DistTrain.Engine.Tcp;

namespace DistTrain.Cli;

/// <summary>What a head says of its nodes: on the screen, above the bar if there is one, and in
/// the run's log.</summary>
internal sealed class HeadLog(Screen screen, RunLog log) : INodeLog
{
    public void Information(string line)
    {
        screen.Note(Printable.OneLine(line));
        log.Node("information", line);
    }

    public void Warning(string line)
    {
        screen.Note("warning: " + Printable.OneLine(line));
        log.Node("warning", line);
    }

    public void Debug(string line)
    {
        if (screen.IsVerbose)
        {
            screen.Note(Printable.OneLine(line));
            log.Node("debug", line);
        }
    }
}
