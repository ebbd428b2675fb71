using DistTrain.Wire;

namespace DistTrain.Engine.Tcp;

/// <summary>What a node may be.</summary>
[Flags]
internal enum NodeRoles
{
    None = 0,
    Head = 1,
    ParameterServer = 2,
    Worker = 4,
    All = Head | ParameterServer | Worker,
}

/// <summary>Roles in words, as they stand in certificates: "head+ps+worker".</summary>
internal static class NodeRoleNames
{
    private const string Program = "disttrain";

    private static readonly (string Word, NodeRoles Role)[] Words =
    [
        ("head", NodeRoles.Head), ("ps", NodeRoles.ParameterServer), ("worker", NodeRoles.Worker),
    ];

    public static string Text(this NodeRoles roles) => string.Join(
        '+', Words.Where(pair => roles.HasFlag(pair.Role)).Select(pair => pair.Word));

    /// <summary>The roles of an organizational unit "disttrain head+ps"; none, if it is anything
    /// else.</summary>
    public static NodeRoles Read(string unit)
    {
        string[] parts = unit.Split(' ');
        if (parts.Length != 2 || parts[0] != Program)
        {
            return NodeRoles.None;
        }

        NodeRoles roles = NodeRoles.None;
        foreach (string word in parts[1].Split('+'))
        {
            NodeRoles role = Words.FirstOrDefault(pair => pair.Word == word).Role;
            if (role == NodeRoles.None)
            {
                return NodeRoles.None;
            }

            roles |= role;
        }

        return roles;
    }

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
