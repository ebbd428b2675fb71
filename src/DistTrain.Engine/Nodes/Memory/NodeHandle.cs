using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>What a tensor handle of a node names.</summary>
internal enum TensorKind
{
    /// <summary>Parameters of a slice here, as published.</summary>
    Published = 1,

    /// <summary>Parameters that came for the workers here.</summary>
    Received = 2,

    /// <summary>A gradient computed here: the part of one slice.</summary>
    Gradient = 3,

    /// <summary>A gradient that came for a slice here.</summary>
    Contributed = 4,

    /// <summary>Partial norms of a slice here.</summary>
    Norms = 5,

    /// <summary>Partial norms that came for a slice here.</summary>
    ReceivedNorms = 6,

    /// <summary>What a worker found in an evaluation, computed here or received.</summary>
    Evaluation = 7,

    /// <summary>Bytes that stand where they were put until they are sent: a description, a part of
    /// a data set or of a state.</summary>
    Document = 8,
}

/// <summary>
/// A tensor handle taken apart: kind (4 bits), slice (12), place in its table (16), count of the
/// uses of that place (31), so that a handle of an earlier use is noticed.
/// </summary>
internal readonly record struct NodeHandle(TensorKind Kind, int Slice, int Place, int Use)
{
    public const int MostSlices = 1 << 12;
    public const int MostPlaces = 1 << 16;

    public static NodeHandle Of(TensorHandle handle) => new(
        (TensorKind)((handle.Value >> 59) & 0xF),
        (int)(handle.Value >> 47) & (MostSlices - 1),
        (int)(handle.Value >> 31) & (MostPlaces - 1),
        (int)(handle.Value & int.MaxValue));

    public TensorHandle ToTensor() => new(
        ((long)Kind << 59) | ((long)Slice << 47) | ((long)Place << 31) | (uint)Use);

    /// <summary>The count after <paramref name="use"/>, which begins anew when it is used up.
    /// </summary>
    public static int NextUse(int use) => (use + 1) & int.MaxValue;
}
