using System.Diagnostics;
using System.Runtime.Intrinsics.Arm;

namespace DistTrain.Numerics.Tests;

public sealed class IsaSupportTests
{
    private const int ChildTimeoutMilliseconds = 60_000;

    [Fact]
    public void Scalar_is_always_the_last_choice()
    {
        IsaSupport.Available[^1].ShouldBe(Isa.Scalar);
        IsaSupport.Best.ShouldBe(IsaSupport.Available[0]);
        IsaSupport.Available.ShouldBe(IsaSupport.Available.OrderDescending());
    }

    [Fact]
    public void A_number_that_is_no_instruction_set_is_refused() =>
        Should.Throw<ArgumentOutOfRangeException>(() => IsaSupport.IsSupported((Isa)99));

    [Theory]
    [InlineData(Isa.Avx512, "avx512")]
    [InlineData(Isa.Avx2, "avx2")]
    [InlineData(Isa.V128, "v128")]
    [InlineData(Isa.Scalar, "scalar")]
    public void Names_go_both_ways(Isa isa, string name)
    {
        IsaNames.Format(isa).ShouldBe(name);
        IsaNames.TryParse(name.ToUpperInvariant(), out Isa parsed).ShouldBeTrue();
        parsed.ShouldBe(isa);
        IsaNames.All.ShouldContain(name);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("auto")]
    [InlineData("avx")]
    [InlineData(" avx2")]
    public void Other_texts_are_no_names(string? text) =>
        IsaNames.TryParse(text, out _).ShouldBeFalse();

    // Each switch takes away the instruction sets that need what it switches off, and no bit of
    // any result changes.
    [Theory]
    [InlineData("DOTNET_EnableAVX512", "0", Isa.Avx512)]
    [InlineData("DOTNET_PreferredVectorBitWidth", "256", Isa.Avx512)]
    [InlineData("DOTNET_EnableAVX2", "0", Isa.Avx512, Isa.Avx2, Isa.V128)]
    [InlineData("DOTNET_EnableHWIntrinsic", "0", Isa.Avx512, Isa.Avx2, Isa.V128)]
    public void The_runtimes_switches_are_obeyed_and_change_no_bit(
        string variable, string value, params Isa[] takenAway)
    {
        (string names, string hash) = RunChild(variable, value);
        (string _, string hashHere) = RunChild(variable: null, value: null);

        // .NET 10 has no switch of its own for FMA: it goes with AVX2. Arm has none of the first
        // three, and its 128-bit FMA goes with the last.
        if (AdvSimd.IsSupported && variable != "DOTNET_EnableHWIntrinsic")
            takenAway = [];
        var expected = IsaSupport.Available.Except(takenAway).Select(IsaNames.Format);
        names.Split(' ').ShouldBe(expected);
        hash.ShouldBe(hashHere);
    }

    private static (string Names, string Hash) RunChild(string? variable, string? value)
    {
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var start = new ProcessStartInfo(host, [typeof(IsaChild).Assembly.Location, IsaChild.Verb])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        if (variable is not null)
            start.Environment[variable] = value;

        using Process child = Process.Start(start)!;
        string? names = child.StandardOutput.ReadLine();
        string? hash = child.StandardOutput.ReadLine();
        child.WaitForExit(ChildTimeoutMilliseconds).ShouldBeTrue();
        child.ExitCode.ShouldBe(0);
        return (names.ShouldNotBeNull(), hash.ShouldNotBeNull());
    }
}
