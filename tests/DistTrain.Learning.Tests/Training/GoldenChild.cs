using DistTrain.Numerics;

namespace DistTrain.Learning.Tests;

/// <summary>
/// The test assembly started as a program, in a process of its own because the runtime reads its
/// switches once: prints the available instruction sets, then for each golden recipe its name and
/// the hash of the weights that the widest of them end on.
/// </summary>
internal static class GoldenChild
{
    public const string Verb = "golden";

    public static int Main(string[] args)
    {
        if (args is not [Verb])
        {
            Console.Error.WriteLine($"Run by the tests, as: {Verb}");
            return 2;
        }

        Console.WriteLine(string.Join(' ', IsaSupport.Available.Select(IsaNames.Format)));
        foreach (string name in GoldenRecipes.Names)
        {
            ReferenceResult result = ReferenceTrainer.Train(
                GoldenRecipes.Task(name), Kernels.For(IsaSupport.Best));
            Console.WriteLine($"{name} {result.WeightsSha256}");
        }

        return 0;
    }
}
