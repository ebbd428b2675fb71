using DistTrain.Learning;

namespace DistTrain.Engine;

/// <summary>A data set of which a node knows the shape and reads no sample: a parameter server
/// needs no more.</summary>
internal sealed class DescribedDataset(SetShape shape) : Dataset
{
    public override string Name => shape.Name;

    public override int Count => shape.Count;

    public override int Features => shape.Features;

    public override int Classes => shape.Classes;

    public override string ContentSha256 => shape.Sha256;

    public override bool IsBytes => shape.IsBytes;

    public override int Label(int index) => throw NotHere();

    public override ReadOnlySpan<byte> ReadBytes(int index) => throw NotHere();

    public override void ReadFloats(int index, Span<float> destination) => throw NotHere();

    private InvariantException NotHere() => new($"the samples of {Name} are not on this node");
}
