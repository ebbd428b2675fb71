using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Tcp;

/// <summary>Asks a head or a parameter server how it is, and goes: it takes no part in the run.
/// </summary>
public static class NodeProbe
{
    /// <summary>Connects, proves itself and waits for the answer.</summary>
    /// <param name="host">A name or address.</param>
    /// <param name="port">Where it listens.</param>
    /// <param name="security">How this end proves itself.</param>
    /// <param name="patience">For all of it.</param>
    /// <exception cref="NodeException">There was no answer; the message says why.</exception>
    public static NodeReport Ask(
        string host, int port, LinkSecurity security, TimeSpan patience)
    {
        ArgumentException.ThrowIfNullOrEmpty(host);
        ArgumentNullException.ThrowIfNull(security);
        var answer = new ProbeLink();
        using var dialer = new LinkDialer(
            new LinkDialerSettings
            {
                Host = host,
                Port = port,
                Security = security,
                Hello = () => new Hello(
                    NodeKind.Probe, Environment.MachineName, Guid.NewGuid(), null, 1,
                    ThisProgram.Version),
                OnFailure = answer.Fail,
            },
            answer, LinkOptions.Default);
        dialer.Start();
        return answer.Wait(patience);
    }
}
