using System.Diagnostics;
using System.Globalization;
using DistTrain.Engine.Tcp;

namespace DistTrain.Benchmarks.Wire;

/// <summary>The process at the other end; gone when this is disposed of.</summary>
internal sealed class PeerProcess : IDisposable
{
    private readonly Process _process;

    /// <param name="kind">What it answers with.</param>
    /// <param name="folder">Of certificates; null: a token.</param>
    public PeerProcess(string kind, string? folder = null)
    {
        RunToken token = RunToken.Create();
        ProcessStartInfo info = WireCommand.Self(
            [WireCommand.PeerArgument, kind, .. folder is null ? [] : new[] { folder }]);
        info.Environment[RunToken.EnvironmentVariable] = token.ToHex();
        _process = Process.Start(info)!;
        Port = int.Parse(
            _process.StandardOutput.ReadLine() ?? throw new IOException("the other process failed"),
            CultureInfo.InvariantCulture);
        Security = folder is null
            ? LinkSecurity.FromToken(token)
            : LinkSecurity.FromFolder(folder);
    }

    public int Port { get; }

    public LinkSecurity Security { get; }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
