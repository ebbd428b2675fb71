namespace DistTrain.Wire;

/// <summary>How the elements of a tensor stand on the wire, little-endian. The numbers are the
/// wire's: given once, never used again.</summary>
public enum TensorEncoding
{
    /// <summary>binary32.</summary>
    Binary32 = 1,

    /// <summary>binary64: metrics and partial norms.</summary>
    Binary64 = 2,

    /// <summary>The upper half of binary32: its range, 8 significant bits. Not exact.</summary>
    Bfloat16 = 3,

    /// <summary>binary16: up to 65,504, 11 significant bits. Not exact.</summary>
    Binary16 = 4,

    /// <summary>Single bytes: documents and data sets.</summary>
    Bytes = 5,
}

/// <summary>What is known of an encoding.</summary>
public static class TensorEncodings
{
    /// <summary>Bytes of one element; 0 if there is no such encoding.</summary>
    public static int ElementBytes(this TensorEncoding encoding) => encoding switch
    {
        TensorEncoding.Binary32 => 4,
        TensorEncoding.Binary64 => 8,
        TensorEncoding.Bfloat16 or TensorEncoding.Binary16 => 2,
        TensorEncoding.Bytes => 1,
        _ => 0,
    };
}
