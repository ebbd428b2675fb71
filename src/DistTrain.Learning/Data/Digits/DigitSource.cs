namespace DistTrain.Learning;

/// <summary>Where the digits of one seed and set come from: random words by image.</summary>
internal readonly struct DigitSource
{
    public const int Classes = 10;

    /// <summary>The purpose of this randomness; see the list of purposes in Numerics.</summary>
    private const uint PurposeDigits = 4;

    private readonly uint _key0;
    private readonly uint _key1;
    private readonly uint _set;

    public DigitSource(ulong seed, bool test)
    {
        (_key0, _key1, _, _) =
            Philox4x32.Block(PurposeDigits, 0, 0, 0, (uint)seed, (uint)(seed >> 32));
        _set = test ? 1u : 0u;
    }

    /// <summary>The random words of an image, from the first one on.</summary>
    public DigitRandom WordsOf(int image) => new(_key0, _key1, _set, image);

    /// <summary>The label is the first thing drawn for an image.</summary>
    public int Label(int image) => WordsOf(image).Below(Classes);
}
