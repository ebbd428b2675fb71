namespace DistTrain.Engine.Tcp;

/// <summary>What the bearer of a certificate may be in a run.</summary>
[Flags]
public enum CertificateRoles
{
    /// <summary>A certificate of ours has at least one.</summary>
    None = 0,

    /// <summary>Hosts the coordinator and, by default, the parameter slices.</summary>
    Head = 1,

    /// <summary>Hosts parameter slices.</summary>
    ParameterServer = 2,

    /// <summary>Computes gradients.</summary>
    Worker = 4,

    /// <summary>Any of them.</summary>
    All = Head | ParameterServer | Worker,
}
