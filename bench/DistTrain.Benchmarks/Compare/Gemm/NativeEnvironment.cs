using System.Runtime.InteropServices;
using DistTrain.Numerics;

namespace DistTrain.Benchmarks.Compare;

/// <summary>
/// What native libraries read from the environment when they are loaded. The runtime's own
/// variables do not reach them, so it goes through the C library.
/// </summary>
internal static partial class NativeEnvironment
{
    /// <summary>OpenBLAS 0.3.21 knows no newer processor: named so, it uses AVX-512.</summary>
    private static (string Name, string Value)? CoreType =>
        IsaSupport.IsSupported(Isa.Avx512) ? ("OPENBLAS_CORETYPE", "SkylakeX") : null;

    /// <summary>
    /// Of glibc: freed memory stays with the process. As it comes, glibc gives large blocks back to
    /// the system, and PyTorch gets its gradients and activations on fresh pages at every step:
    /// most of its time where pages are dear, as on many virtual machines.
    /// </summary>
    private static IReadOnlyList<(string Name, string Value)> KeptMemory { get; } =
    [
        ("MALLOC_MMAP_THRESHOLD_", $"{32 << 20}"),
        ("MALLOC_TRIM_THRESHOLD_", $"{1 << 30}"),
    ];

    /// <param name="threads">As many, none of which spins when it has nothing to do.</param>
    /// <param name="keepsMemory">Whether what is freed stays with the process.</param>
    public static IReadOnlyList<(string Name, string Value)> For(int threads, bool keepsMemory)
    {
        List<(string Name, string Value)> variables =
        [
            ("OMP_NUM_THREADS", $"{threads}"),
            ("OPENBLAS_NUM_THREADS", $"{threads}"),
            ("OMP_WAIT_POLICY", "PASSIVE"),
        ];
        if (CoreType is { } coreType)
            variables.Add(coreType);
        if (keepsMemory)
            variables.AddRange(KeptMemory);
        return variables;
    }

    /// <summary>Sets them in this process, for one thread, before a library is loaded.</summary>
    public static void SetForOneThread()
    {
        if (OperatingSystem.IsWindows())
            return;
        foreach ((string name, string value) in For(threads: 1, keepsMemory: false))
            SetVariable(name, value, overwrite: 1);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
