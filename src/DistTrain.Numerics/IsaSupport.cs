using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace DistTrain.Numerics;

/// <summary>
/// Which instruction sets this process may use: what the machine has, less what the runtime's own
/// switches (DOTNET_EnableAVX512=0, DOTNET_EnableAVX2=0, DOTNET_EnableHWIntrinsic=0,
/// DOTNET_PreferredVectorBitWidth) forbid.
/// </summary>
public static class IsaSupport
{
    /// <summary>The available instruction sets, the widest first; the last is always Scalar.
    /// </summary>
    public static IReadOnlyList<Isa> Available { get; } =
        [.. new[] { Isa.Avx512, Isa.Avx2, Isa.V128, Isa.Scalar }.Where(IsSupported)];

    /// <summary>The widest available instruction set.</summary>
    public static Isa Best => Available[0];

    public static bool IsSupported(Isa isa) => isa switch
    {
        // Without AVX-512 the runtime still runs Vector512 as two halves: right, but not this ISA.
        Isa.Avx512 => Vector512.IsHardwareAccelerated && Avx512F.IsSupported,
        Isa.Avx2 => Vector256.IsHardwareAccelerated && Avx2.IsSupported && Fma.IsSupported,
        Isa.V128 => Vector128.IsHardwareAccelerated && (Fma.IsSupported || AdvSimd.IsSupported),
        Isa.Scalar => true,
        _ => throw new ArgumentOutOfRangeException(nameof(isa), isa, "Not an instruction set."),
    };
}
