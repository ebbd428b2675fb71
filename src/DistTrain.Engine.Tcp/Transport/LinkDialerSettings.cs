using DistTrain.Wire;

namespace DistTrain.Engine.Tcp;

/// <summary>Whom a <see cref="LinkDialer"/> dials, and as what.</summary>
internal sealed record LinkDialerSettings
{
    /// <summary>A name or an address; the other end's certificate must be for it.</summary>
    public required string Host { get; init; }

    public required int Port { get; init; }

    public required LinkSecurity Security { get; init; }

    /// <summary>Asked at each attempt.</summary>
    public required Func<Hello> Hello { get; init; }

    /// <summary>The other end must have one of these.</summary>
    public NodeRoles Roles { get; init; } = NodeRoles.Head | NodeRoles.ParameterServer;

    /// <summary>Told why an attempt did not become a link; by the dialler's thread.</summary>
    public Action<string> OnFailure { get; init; } = _ => { };
}
