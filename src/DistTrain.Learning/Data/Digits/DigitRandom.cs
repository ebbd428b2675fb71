using DistTrain.Numerics;

namespace DistTrain.Learning;

/// <summary>
/// The random words of one image, in the order in which they are drawn: block after block at
/// the addresses (image, set, block), so that an image depends on nothing but its index.
/// </summary>
internal struct DigitRandom(RandomStream stream, uint set, int image)
{
    private uint _block;
    private uint _next0;
    private uint _next1;
    private uint _next2;
    private int _left;

    public uint Word()
    {
        uint word = _next0;
        if (_left == 0)
        {
            (word, _next0, _next1, _next2) = stream.Words((uint)image, set, _block++);
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
    /// Bell-shaped with mean 0 and standard deviation 1, never beyond ±3.5: four uniforms of 16
    /// bits added (Irwin–Hall), which needs no logarithm.
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
