namespace DistTrain.Learning;

/// <summary>How gradients travel between processes.</summary>
public enum GradientCompression
{
    /// <summary>32 bits; exact.</summary>
    None,

    /// <summary>bfloat16 with error feedback; not exact.</summary>
    Bfloat16,

    /// <summary>binary16 with error feedback; not exact.</summary>
    Binary16,
}
