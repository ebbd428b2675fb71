using System.Diagnostics;

namespace DistTrain.Cli;

/// <summary>How this program is started again: by itself, or by <c>dotnet disttrain.dll</c>, as it
/// was.</summary>
internal static class ThisExecutable
{
    public static ProcessStartInfo StartInfo()
    {
        string path = Environment.ProcessPath
            ?? throw new InvalidOperationException("this process has no path");
        var start = new ProcessStartInfo(path);
        bool isHost = Path.GetFileNameWithoutExtension(path)
            .Equals("dotnet", StringComparison.OrdinalIgnoreCase);
        if (isHost)
        {
            start.ArgumentList.Add(Path.GetFullPath(Environment.GetCommandLineArgs()[0]));
        }
        return start;
    }
}
