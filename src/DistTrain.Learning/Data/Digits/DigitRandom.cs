namespace DistTrain.Learning;

/// <summary>
/// The random words of one image, in the order in which they are drawn: Philox counter (image, set,
/// block, 0), so that an image depends on nothing but its address.
/// </summary>
internal struct DigitRandom
{
    private readonly uint _key0;
    private readonly uint _key1;
    private readonly uint _image;
    private readonly uint _set;
    private uint _block;
    private uint _next0;
    private uint _next1;
    private uint _next2;
    private int _left;

    public DigitRandom(uint key0, uint key1, uint set, int image)
    {
        _key0 = key0;
        _key1 = key1;
        _image = (uint)image;
        _set = set;
    }

    public uint Word()
    {
        uint word = _next0;
        if (_left == 0)
        {
            (word, _next0, _next1, _next2) =
                Philox4x32.Block(_image, _set, _block++, 0, _key0, _key1);
            _left = 3;
            return word;
        }

        _left--;
        _next0 = _next1;
        _next1 = _next2;
        return word;
    }

    /// <summary>A whole number in [0, count), for a small count.</summary>
    public int Below(int count) => (int)(((ulong)Word() * (uint)count) >> 32);

    /// <summary>Uniform in [low, high).</summary>
    public float Between(float low, float high) =>
        low + ((high - low) * ((Word() >> 8) * (1f / (1 << 24))));

    /// <summary>
    /// Bell-shaped with mean 0 and standard deviation 1, never beyond ±3.5: four uniforms of 16 bits
    /// added (Irwin–Hall), which needs no logarithm.
    /// </summary>
    public float Bell()
    {
        uint a = Word();
        uint b = Word();
        int sum = (int)((a & 0xFFFF) + (a >> 16) + (b & 0xFFFF) + (b >> 16)) - (2 * 0xFFFF);
        const float SquareRootOf3 = 1.7320508f;
        return sum * (SquareRootOf3 / 0x10000);
    }
}
