namespace DistTrain.Learning;

/// <summary>Philox 4x32-10 (Salmon et al., SC'11).</summary>
internal static class Philox4x32
{
    public static (uint, uint, uint, uint) Block(
        uint c0, uint c1, uint c2, uint c3, uint k0, uint k1)
    {
        for (int round = 0; round < 10; round++)
        {
            ulong product0 = (ulong)c0 * 0xD2511F53u;
            ulong product1 = (ulong)c2 * 0xCD9E8D57u;
            (c0, c1, c2, c3) = (
                (uint)(product1 >> 32) ^ c1 ^ k0, (uint)product1,
                (uint)(product0 >> 32) ^ c3 ^ k1, (uint)product0);
            k0 += 0x9E3779B9u;
            k1 += 0xBB67AE85u;
        }

        return (c0, c1, c2, c3);
    }
}
