using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DistTrain.Numerics.Tests.Memory;

public sealed class LargePagesTests
{
    private const int Blocks = 6;

    [SkippableFact]
    public void What_is_said_to_be_moved_stands_in_large_pages_and_keeps_its_content()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Large pages are asked for on Linux only.");
        byte[] block = Filled(Blocks * LargePages.PageBytes, pinned: true);
        bool isMoved = LargePages.TryMove<byte>(block);

        IsFilled(block).ShouldBeTrue();
        Skip.IfNot(isMoved, "This system moves no pages together, or has no large one left.");
        KilobytesInLargePagesAround(AddressOf(block)).ShouldBeGreaterThanOrEqualTo(
            (Blocks - 1) * LargePages.PageBytes / 1024);
    }

    [Fact]
    public void A_preference_keeps_what_is_written_before_and_after_it()
    {
        byte[] block = Filled(Blocks * LargePages.PageBytes, pinned: false);
        _ = LargePages.TryPrefer<byte>(block);
        IsFilled(block).ShouldBeTrue();

        byte[] fresh = GC.AllocateUninitializedArray<byte>(Blocks * LargePages.PageBytes);
        _ = LargePages.TryPrefer<byte>(fresh);
        Fill(fresh);
        IsFilled(fresh).ShouldBeTrue();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(LargePages.PageBytes - 1)]
    public void A_block_without_a_whole_large_page_is_left_alone(int length)
    {
        byte[] block = Filled(length, pinned: false);

        LargePages.TryMove<byte>(block).ShouldBeFalse();
        LargePages.TryPrefer<byte>(block).ShouldBeFalse();
        IsFilled(block).ShouldBeTrue();
    }

    [Fact]
    public void A_block_of_numbers_is_measured_in_bytes()
    {
        float[] block = [.. Enumerable.Range(0, 2 * LargePages.PageBytes / sizeof(float))];
        LargePages.TryMove<float>(block.AsSpan(0, (LargePages.PageBytes / sizeof(float)) - 1))
            .ShouldBeFalse();
        _ = LargePages.TryMove<float>(block);
        block.ShouldBe([.. Enumerable.Range(0, block.Length)]);
    }

    private static byte[] Filled(int length, bool pinned)
    {
        byte[] block = GC.AllocateArray<byte>(length, pinned);
        Fill(block);
        return block;
    }

    private static void Fill(byte[] block)
    {
        for (int i = 0; i < block.Length; i++)
        {
            block[i] = Content(i);
        }
    }

    private static bool IsFilled(byte[] block)
    {
        for (int i = 0; i < block.Length; i++)
        {
            if (block[i] != Content(i))
            {
                return false;
            }
        }

        return true;
    }

    private static byte Content(int i) => (byte)((i * 31) ^ (i >> 12));

    private static ulong AddressOf(byte[] pinned)
    {
        unsafe
        {
            return (ulong)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned));
        }
    }

    /// <summary>AnonHugePages of the mapping that an address is in.</summary>
    private static long KilobytesInLargePagesAround(ulong address)
    {
        bool isThere = false;
        foreach (string line in File.ReadLines("/proc/self/smaps"))
        {
            string[] words = line.Split([' ', '-'], StringSplitOptions.RemoveEmptyEntries);
            if (!words[0].EndsWith(':'))
            {
                isThere = ulong.Parse(words[0], NumberStyles.HexNumber, null) <= address
                    && address < ulong.Parse(words[1], NumberStyles.HexNumber, null);
            }
            else if (isThere && words[0] == "AnonHugePages:")
            {
                return long.Parse(words[1], CultureInfo.InvariantCulture);
            }
        }

        return 0;
    }
}
