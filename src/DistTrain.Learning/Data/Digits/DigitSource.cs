using DistTrain.Numerics;

namespace DistTrain.Learning;

/// <summary>Where the digits of one seed and set come from: random words by image.</summary>
internal readonly struct DigitSource(ulong seed, bool test)
{
    public const int Classes = 10;

    private readonly RandomStream _stream = new(seed, RandomPurpose.Digits);
    private readonly uint _set = test ? 1u : 0u;

    /// <summary>The random words of an image, from the first one on.</summary>
    public DigitRandom WordsOf(int image) => new(_stream, _set, image);

    /// <summary>The label is the first thing drawn for an image.</summary>
    public int Label(int image) => WordsOf(image).Below(Classes);
}
