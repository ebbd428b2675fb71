using DistTrain.Learning;

namespace DistTrain.Engine.Akka;

/// <summary>What a head of a cluster on Akka.NET needs to know besides the run.</summary>
public sealed record AkkaHeadOptions : AkkaNodeOptions
{
    /// <summary>Heads of the cluster: 1, or 3 and more, an odd number, so that another one leads
    /// when the one that leads is lost. All are started with the same recipe and data.</summary>
    public int Heads { get; init; } = 1;

    /// <summary>Nodes that are parameter servers and nothing else to wait for. With 0 the slices
    /// live on the heads.</summary>
    public int ParameterServerNodes { get; init; }

    /// <summary>How gradients travel: 32 bits, exact, or 16.</summary>
    public GradientCompression Compression { get; init; }

    /// <summary>Cancelled: this head leaves; with others the run goes on without it.</summary>
    public CancellationToken Leave { get; init; }

    /// <exception cref="ArgumentException">The number of heads cannot decide who leads.</exception>
    internal void Validate()
    {
        if (Heads < 1 || Heads % 2 == 0)
        {
            throw new ArgumentException(
                $"{Heads} heads cannot outvote each other: give one, or three or more, an odd "
                + "number", nameof(Heads));
        }
    }
}
