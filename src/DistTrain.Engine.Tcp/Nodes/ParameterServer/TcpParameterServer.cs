using System.Net;

namespace DistTrain.Engine.Tcp;

/// <summary>
/// A parameter server on a node of its own: holds the slices that the head gives it. It reads no
/// sample, so it needs no data.
/// </summary>
public static class TcpParameterServer
{
    /// <summary>Serves until the run is over, until <paramref name="stop"/>, or until the head was
    /// away for too long.</summary>
    /// <param name="options">What it is to know.</param>
    /// <param name="listen">Where workers and other parameter servers connect; port 0 takes a free
    /// one.</param>
    /// <param name="advertise">HOST:PORT under which others reach it; null: where it listens.
    /// </param>
    /// <param name="stop">Leaves: its slices are restored elsewhere.</param>
    /// <exception cref="NodeException">It cannot listen there, or is not wanted.</exception>
    public static NodeOutcome Run(
        TcpNodeOptions options, IPEndPoint listen, string? advertise, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(listen);
        using var node = new ServerNode(options, listen, advertise);
        return node.Run(stop);
    }
}
