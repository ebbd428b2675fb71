using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace DistTrain.Numerics.Tests;

/// <summary>
/// The test assembly started as a program, in a process of its own because the runtime reads its
/// switches once: prints the available instruction sets and a hash of every elementary function
/// over a sample, computed by the widest of them.
/// </summary>
internal static class IsaChild
{
    public const string Verb = "isa";

    /// <summary>Reads one number beyond a guarded matrix.</summary>
    public const string OverreadVerb = "overread";

    private const uint Stride = 65_521;

    public static int Main(string[] args)
    {
        if (args is [OverreadVerb])
        {
            return Overread();
        }

        if (args is not [Verb])
        {
            Console.Error.WriteLine($"Run by the tests, as: {Verb}");
            return 2;
        }

        Console.WriteLine(string.Join(' ', IsaSupport.Available.Select(IsaNames.Format)));
        Console.WriteLine(HashOfSample());
        return 0;
    }

    private static unsafe int Overread()
    {
        using var matrix = new GuardedMatrix(3, 5);
        fixed (float* data = matrix.View.Data)
        {
            return float.IsNaN(data[3 * 5]) ? 1 : 0;
        }
    }

    private static string HashOfSample()
    {
        float[] x = [.. Enumerable.Range(0, (int)(uint.MaxValue / Stride) + 1)
            .Select(i => Floats.FromBits((uint)i * Stride))];
        var y = new float[x.Length];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (ElementaryFunction function in ElementaryFunction.All)
        {
            function.Evaluate(IsaSupport.Best, x, y);
            int[] bits = [.. y.Select(Floats.Bits)];
            hash.AppendData(MemoryMarshal.AsBytes<int>(bits));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
