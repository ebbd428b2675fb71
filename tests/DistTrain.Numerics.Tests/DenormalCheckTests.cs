using System.Runtime.InteropServices;

namespace DistTrain.Numerics.Tests;

public sealed unsafe class DenormalCheckTests
{
    /// <summary>glibc's fenv_t on x86-64 is 32 bytes and ends with the MXCSR register.</summary>
    private const int EnvironmentBytes = 32, MxcsrOffset = 28;

    [Fact]
    public void Denormals_work_on_a_thread_that_nobody_has_touched() =>
        OnNewThread(DenormalCheck.Works).ShouldBeTrue();

    [SkippableTheory]
    [InlineData(1 << 15)]
    [InlineData(1 << 6)]
    public void A_thread_that_flushes_denormals_is_found(int mxcsrBit)
    {
        Skip.IfNot(
            OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64
            && NativeLibrary.TryLoad("libm.so.6", out _),
            "The test sets the processor's flush bits through glibc on x86-64.");
        OnNewThread(() => WorksWith(mxcsrBit)).ShouldBeFalse();
    }

    private static bool WorksWith(int mxcsrBit)
    {
        byte* environment = stackalloc byte[EnvironmentBytes];
        ReadEnvironment(environment).ShouldBe(0);
        *(int*)(environment + MxcsrOffset) |= mxcsrBit;
        WriteEnvironment(environment).ShouldBe(0);
        bool works = DenormalCheck.Works();
        *(int*)(environment + MxcsrOffset) &= ~mxcsrBit;
        WriteEnvironment(environment).ShouldBe(0);
        return works;
    }

    private static bool OnNewThread(Func<bool> check)
    {
        bool result = false;
        var thread = new Thread(() => result = check());
        thread.Start();
        thread.Join();
        return result;
    }

    [DllImport("libm.so.6", EntryPoint = "fegetenv")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ReadEnvironment(byte* environment);

    [DllImport("libm.so.6", EntryPoint = "fesetenv")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int WriteEnvironment(byte* environment);
}
