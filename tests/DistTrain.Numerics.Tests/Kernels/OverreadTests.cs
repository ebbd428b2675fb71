using System.Diagnostics;

namespace DistTrain.Numerics.Tests;

/// <summary>No kernel touches memory beyond its operands: behind each lies a forbidden page.
/// </summary>
public class OverreadTests
{
    private const int Microbatch = 4;
    private const int ChildTimeoutMilliseconds = 60_000;

    public static TheoryData<Isa> Isas => KernelsUnderTest.Available;

    [SkippableTheory]
    [MemberData(nameof(Isas))]
    public void Products_end_where_their_operands_end(Isa isa)
    {
        Skip.IfNot(GuardedMatrix.IsSupported, "needs mprotect");
        Kernels kernels = Kernels.For(isa);
        var random = new Random(1);
        foreach (int m in (int[])[1, 5, 13, 41])
        {
            foreach (int k in (int[])[1, 7, 33])
            {
                foreach (int n in (int[])[1, 3, 10, 16, 17, 31, 33, 49, 100])
                {
                    Run(kernels, random, m, k, n);
                }
            }
        }
    }

    [SkippableFact]
    public void A_read_beyond_a_guarded_matrix_ends_the_process()
    {
        Skip.IfNot(GuardedMatrix.IsSupported, "needs mprotect");
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(typeof(IsaChild).Assembly.Location);
        start.ArgumentList.Add(IsaChild.OverreadVerb);
        using Process child = Process.Start(start)!;
        string errors = child.StandardError.ReadToEnd();
        child.WaitForExit(ChildTimeoutMilliseconds).ShouldBeTrue();
        child.ExitCode.ShouldNotBe(0);
        errors.ShouldContain("AccessViolation");
    }

    private static void Run(Kernels kernels, Random random, int m, int k, int n)
    {
        using var x = GuardedMatrix.CopyOf(TestMatrix.Random(random, m, k, gap: 0, Sparse));
        using var w = GuardedMatrix.CopyOf(TestMatrix.Random(random, k, n, gap: 0));
        using var bias = GuardedMatrix.CopyOf(TestMatrix.Random(random, 1, n, gap: 0));
        using var factors = GuardedMatrix.CopyOf(
            TestMatrix.Random(random, m, n, gap: 0, r => r.Next(2)));
        using var z = new GuardedMatrix(m, n);
        using var y = new GuardedMatrix(m, n);
        using var dropped = new GuardedMatrix(m, n);
        using var dx = new GuardedMatrix(m, k);
        using var dw = new GuardedMatrix(k, n);
        var map = new NonzeroMap(m, k, Microbatch);
        kernels.MapNonzeros(x.View, map);
        var output = new LayerOutput
        {
            Activation = ElementwiseActivation.Gelu,
            Logits = z.View,
            Activated = y.View,
            Factors = factors.View,
            Dropped = dropped.View,
        };
        foreach (NonzeroMap? nonzeros in (NonzeroMap?[])[null, map])
        {
            kernels.Forward(x.View, w.View, bias.View.Row(0), output, nonzeros);
            kernels.WeightGradient(x.View, z.View, dw.View, Microbatch, nonzeros);
        }

        kernels.BiasGradient(z.View, bias.View.Row(0), Microbatch);
        kernels.InputGradient(z.View, w.View, dx.View);
        Back(kernels, z, w, dx);
    }

    private static void Back(Kernels kernels, GuardedMatrix dz, GuardedMatrix w, GuardedMatrix dx)
    {
        using var y = new GuardedMatrix(dx.Rows, dx.Columns);
        var below = new LayerOutput
        {
            Activation = ElementwiseActivation.Sigmoid,
            Logits = y.View,
            Activated = y.View,
        };
        kernels.InputGradient(dz.View, w.View, dx.View, below);
    }

    private static float Sparse(Random random) =>
        random.Next(4) == 0 ? TestMatrix.Ordinary(random) : 0f;
}
