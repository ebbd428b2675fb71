using DistTrain.Numerics;

namespace DistTrain.Cli;

/// <summary>What a worker or parameter server was told, whatever its engine.</summary>
/// <param name="Name">In logs.</param>
/// <param name="Threads">It computes with so many.</param>
/// <param name="Isa">Of its kernels.</param>
/// <param name="Wait">Without a head for so long, it gives up.</param>
internal sealed record NodeChoices(string Name, int Threads, Isa Isa, TimeSpan Wait);
