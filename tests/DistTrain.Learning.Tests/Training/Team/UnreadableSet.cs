namespace DistTrain.Learning.Tests;

/// <summary>A set one of whose samples cannot be read while it is broken.</summary>
/// <param name="set">Its samples.</param>
/// <param name="unreadable">Which one.</param>
internal sealed class UnreadableSet(InMemoryDataset set, int unreadable) : Dataset
{
    public bool IsBroken { get; set; }

    public override string Name => "unreadable";

    public override int Count => set.Count;

    public override int Features => set.Features;

    public override int Classes => set.Classes;

    public override string ContentSha256 => set.ContentSha256;

    public override bool IsBytes => false;

    public override int Label(int index) => set.Label(index);

    public override ReadOnlySpan<byte> ReadBytes(int index) => set.ReadBytes(index);

    public override void ReadFloats(int index, Span<float> destination)
    {
        if (IsBroken && index == unreadable)
        {
            throw new DataException($"sample {index} cannot be read");
        }

        set.ReadFloats(index, destination);
    }
}
