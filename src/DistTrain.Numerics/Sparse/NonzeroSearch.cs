using System.Numerics;
using System.Runtime.Intrinsics;

namespace DistTrain.Numerics;

/// <summary>Fills a <see cref="NonzeroMap"/>: whole numbers only, so no bit of a result depends on
/// how it is done.</summary>
internal static unsafe class NonzeroSearch
{
    /// <summary>Features that are looked at together.</summary>
    public const int Step = 8;

    /// <summary>Row b: the places of the bits that are set in the byte b, then anything.</summary>
    private static readonly ushort[] Places = MakePlaces();

    /// <summary>Maps a batch.</summary>
    /// <returns>False, with the map unfinished, where the first microbatch has too few zeros to
    /// look further.</returns>
    public static bool TryFill(NonzeroMap map, int samples, float* x, nint stride)
    {
        int features = map.Features;
        fixed (uint* masks = map.Masks)
        fixed (ushort* lists = map.Lists)
        {
            for (int m = 0; m * map.Microbatch < samples; m++)
            {
                if (!map.IsPossible || (m == 1 && !map.Promises(m)))
                {
                    return false;
                }

                int first = m * map.Microbatch;
                int count = Math.Min(map.Microbatch, samples - first);
                uint* row = masks + (m * (nint)map.MaskStride);
                FillMasks(count, features, x + (first * stride), stride, row);
                for (int l = 0; l * NonzeroMap.SamplesAList < count; l++)
                {
                    int list = (m * map.ListsAMicrobatch) + l;
                    uint wanted = NonzeroMap.ListSamples << (l * NonzeroMap.SamplesAList);
                    FillList(
                        wanted, features, row, lists + (list * (nint)map.ListStride),
                        map.Starts.Slice(list * map.StartStride, map.StartStride));
                }
            }
        }

        return samples > 0 && map.Promises(NonzeroMap.CeilingOf(samples, map.Microbatch));
    }

    /// <summary>One microbatch: for each feature, which samples have it.</summary>
    /// <param name="samples">Samples, 1 … 32.</param>
    /// <param name="features">Features.</param>
    /// <param name="x">(samples, features)</param>
    /// <param name="stride">Row stride of x.</param>
    /// <param name="masks">(features rounded up to <see cref="Step"/>)</param>
    private static void FillMasks(int samples, int features, float* x, nint stride, uint* masks)
    {
        int f = 0;
        for (; Vector512.IsHardwareAccelerated && f + (2 * Step) <= features; f += 2 * Step)
        {
            Vector512<int> mask = Vector512<int>.Zero, bit = Vector512<int>.One;
            for (int i = 0; i < samples; i++)
            {
                Vector512<float> row = Vector512.Load(x + (i * stride) + f);
                Vector512<int> isZero = Vector512.Equals(row, Vector512<float>.Zero).AsInt32();
                mask = Vector512.ConditionalSelect(isZero, mask, mask | bit);
                bit += bit;
            }

            mask.AsUInt32().Store(masks + f);
        }

        int whole = features - (features % Step);
        for (; f < whole; f += Step)
        {
            Vector256<int> mask = Vector256<int>.Zero, bit = Vector256<int>.One;
            for (int i = 0; i < samples; i++)
            {
                Vector256<float> row = Vector256.Load(x + (i * stride) + f);
                Vector256<int> isZero = Vector256.Equals(row, Vector256<float>.Zero).AsInt32();
                mask |= Vector256.AndNot(bit, isZero);
                bit += bit;
            }

            mask.AsUInt32().Store(masks + f);
        }

        for (; f < whole + Step && whole < features; f++)
        {
            masks[f] = 0;
            for (int i = 0; i < samples && f < features; i++)
            {
                masks[f] |= x[(i * stride) + f] == 0 ? 0u : 1u << i;
            }
        }
    }

    /// <summary>The features that any sample of <paramref name="samples"/> has.</summary>
    /// <param name="samples">A bit for each.</param>
    /// <param name="features">Features.</param>
    /// <param name="masks">As <see cref="FillMasks"/> leaves them.</param>
    /// <param name="list">Ascending; room for a step more than all features.</param>
    /// <param name="starts">Where each block of features begins in it, and its end.</param>
    private static void FillList(
        uint samples, int features, uint* masks, ushort* list, Span<int> starts)
    {
        ushort* next = list;
        Vector256<uint> wanted = Vector256.Create(samples);
        fixed (ushort* places = Places)
        {
            for (int block = 0; block < starts.Length - 1; block++)
            {
                starts[block] = (int)(next - list);
                int f = block * NonzeroMap.BlockFeatures;
                int end = Math.Min(f + NonzeroMap.BlockFeatures, features);
                Vector128<ushort> first = Vector128.Create((ushort)f);
                for (; f < end; f += Step)
                {
                    Vector256<uint> absent = Vector256.Equals(
                        Vector256.Load(masks + f) & wanted, Vector256<uint>.Zero);
                    uint present = absent.ExtractMostSignificantBits() ^ 0xFF;
                    (Vector128.Load(places + (present * Step)) + first).Store(next);
                    first += Vector128.Create((ushort)Step);
                    next += BitOperations.PopCount(present);
                }
            }
        }

        starts[^1] = (int)(next - list);
    }

    private static ushort[] MakePlaces()
    {
        ushort[] places = new ushort[256 * Step];
        for (int bits = 0; bits < 256; bits++)
        {
            int next = bits * Step;
            for (int place = 0; place < Step; place++)
            {
                if ((bits >> place & 1) != 0)
                {
                    places[next++] = (ushort)place;
                }
            }
        }

        return places;
    }
}
