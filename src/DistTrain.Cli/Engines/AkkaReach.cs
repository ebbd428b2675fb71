using System.Net;

namespace DistTrain.Cli;

/// <summary>In a cluster on Akka.NET every node dials every other: each must say where it is
/// reached.</summary>
internal static class AkkaReach
{
    /// <param name="at">Where the node listens; null after a problem.</param>
    /// <param name="publicHost">What others are to dial, or null.</param>
    /// <param name="problems">Gets what is wrong.</param>
    public static void Check(
        IPEndPoint? at, string? publicHost, ICollection<UsageProblem> problems)
    {
        if (at is not null && publicHost is null && IsEverywhere(at))
        {
            problems.Add(new("--public-host", $"is missing: nobody can dial {at.Address}",
                "give the name or address by which other nodes reach this machine"));
        }
    }

    /// <summary>All addresses of the machine, which is none to dial.</summary>
    public static bool IsEverywhere(IPEndPoint at) =>
        at.Address.Equals(IPAddress.Any) || at.Address.Equals(IPAddress.IPv6Any);
}
