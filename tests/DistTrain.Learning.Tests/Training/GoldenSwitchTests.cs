using System.Diagnostics;
using System.Runtime.Intrinsics.Arm;
using DistTrain.Numerics;

namespace DistTrain.Learning.Tests;

/// <summary>
/// The golden hashes where the runtime itself is told to do without instructions: its own code and
/// the digits' are then compiled otherwise too, not only the kernels chosen by --isa.
/// </summary>
public class GoldenSwitchTests
{
    private const int ChildTimeoutMilliseconds = 120_000;

    // .NET 10 has no switch of its own for FMA: it goes with AVX2. (EnableAVX512F and EnableFMA,
    // as they were called before, do nothing.)
    [SkippableTheory]
    [InlineData("DOTNET_EnableAVX512", Isa.Avx512)]
    [InlineData("DOTNET_EnableAVX2", Isa.Avx512, Isa.Avx2, Isa.V128)]
    [InlineData("DOTNET_EnableHWIntrinsic", Isa.Avx512, Isa.Avx2, Isa.V128)]
    public async Task The_runtimes_switches_change_no_golden_hash(
        string variable, params Isa[] takenAway)
    {
        bool isOfX86 = variable != "DOTNET_EnableHWIntrinsic";
        Skip.If(
            !IsaSupport.Available.Intersect(takenAway).Any() || (AdvSimd.IsSupported && isOfX86),
            $"this machine has nothing that {variable}=0 takes away");

        string[] lines = await RunChild(variable);

        lines[0].Split(' ').ShouldBe(
            IsaSupport.Available.Except(takenAway).Select(IsaNames.Format),
            $"what is left under {variable}=0");
        lines[1..].ShouldBe(
            GoldenRecipes.Names.Select(name => $"{name} {GoldenRecipes.WeightsSha256(name)}"));
    }

    private static async Task<string[]> RunChild(string variable)
    {
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var start = new ProcessStartInfo(
            host, [typeof(GoldenChild).Assembly.Location, GoldenChild.Verb])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.Environment[variable] = "0";

        using Process child = Process.Start(start)!;
        using var limit = new CancellationTokenSource(ChildTimeoutMilliseconds);
        string output = await child.StandardOutput.ReadToEndAsync(limit.Token);
        await child.WaitForExitAsync(limit.Token);
        child.ExitCode.ShouldBe(0);
        return output.Split(
            '\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
