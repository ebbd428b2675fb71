using DistTrain.Wire;

namespace DistTrain.Engine.Tcp;

/// <summary>What a node may be: the roles of its certificate.</summary>
[Flags]
internal enum NodeRoles
{
    None = CertificateRoles.None,
    Head = CertificateRoles.Head,
    ParameterServer = CertificateRoles.ParameterServer,
    Worker = CertificateRoles.Worker,
    All = Head | ParameterServer | Worker,
}

/// <summary>What roles allow.</summary>
internal static class NodeRights
{
    /// <summary>As they stand in certificates: "head+ps+worker".</summary>
    public static string Text(this NodeRoles roles) =>
        string.Join('+', RoleWords.Of((CertificateRoles)roles));

    /// <summary>Whether such a node may say that it is <paramref name="kind"/>; anybody may
    /// ask.</summary>
    public static bool Allows(this NodeRoles roles, NodeKind kind) => kind switch
    {
        NodeKind.Head => roles.HasFlag(NodeRoles.Head),
        NodeKind.ParameterServer => roles.HasFlag(NodeRoles.ParameterServer),
        NodeKind.Worker => roles.HasFlag(NodeRoles.Worker),
        _ => true,
    };

    /// <summary>Whether such a node may send what comes from <paramref name="role"/>. A head hosts
    /// slices too.</summary>
    public static bool MaySend(this NodeRoles roles, Role role) => role switch
    {
        Role.Coordinator or Role.Head => roles.HasFlag(NodeRoles.Head),
        Role.ParameterServer => (roles & (NodeRoles.Head | NodeRoles.ParameterServer)) != 0,
        Role.Worker => roles.HasFlag(NodeRoles.Worker),
        _ => true,
    };
}
