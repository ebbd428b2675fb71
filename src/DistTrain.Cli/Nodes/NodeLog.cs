using System.Globalization;
using System.Text;
using DistTrain.Engine;
using DistTrain.Engine.Tcp;

namespace DistTrain.Cli;

/// <summary>The log of a worker or parameter server: lines with their time (UTC) on stderr, and in
/// a file where one is named.</summary>
internal sealed class NodeLog : INodeLog, IDisposable
{
    private readonly Lock _lock = new();
    private readonly TextWriter _error;
    private readonly StreamWriter? _file;
    private readonly bool _isVerbose;

    /// <param name="error">stderr.</param>
    /// <param name="path">Of the file, which is gone on with; null: none.</param>
    /// <param name="isVerbose">Write what is for who looks for a fault, too.</param>
    public NodeLog(TextWriter error, string? path, bool isVerbose)
    {
        (_error, _isVerbose) = (error, isVerbose);
        _file = path is null ? null : Open(path);
    }

    public void Information(string line) => Write("", line);

    public void Warning(string line) => Write("warning: ", line);

    public void Debug(string line)
    {
        if (_isVerbose)
        {
            Write("debug: ", line);
        }
    }

    public void Dispose() => _file?.Dispose();

    private static StreamWriter Open(string path)
    {
        try
        {
            return new StreamWriter(path, append: true, new UTF8Encoding(false))
            {
                NewLine = "\n",
                AutoFlush = true,
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.BadUsage,
                $"--log {path} cannot be written: {e.Message}", "name another file");
        }
    }

    private void Write(string label, string text)
    {
        string time = DateTime.UtcNow.ToString(
            "yyyy-MM-dd HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        string line = $"{time} {label}{Printable.OneLine(text)}";
        lock (_lock)
        {
            _error.WriteLine(line);
            _file?.WriteLine(line);
        }
    }
}
