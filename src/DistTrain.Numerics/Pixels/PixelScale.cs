namespace DistTrain.Numerics;

/// <summary>What becomes of a byte b (N8).</summary>
public enum PixelRule
{
    /// <summary>fl32(b / 255)</summary>
    Unit,

    /// <summary>1 from 128 on, else +0</summary>
    Binary,

    /// <summary>fl32(fl32(b − mean) / deviation)</summary>
    Standard,
}

/// <summary>How pixels, which are bytes, become inputs.</summary>
/// <param name="Rule">The formula.</param>
/// <param name="Mean">Of the bytes that were measured; for Standard only.</param>
/// <param name="Deviation">Greater than 0; for Standard only.</param>
public readonly record struct PixelScale(PixelRule Rule, float Mean = 0, float Deviation = 1);
