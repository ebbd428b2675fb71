namespace DistTrain.Engine.Tcp;

/// <summary>Who the other end has proven to be.</summary>
/// <param name="Name">Of its certificate; with a token, that it is on this machine.</param>
/// <param name="Roles">What it may be.</param>
internal sealed record PeerIdentity(string Name, NodeRoles Roles);
