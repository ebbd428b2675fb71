namespace DistTrain.Protocol.Tests;

internal static class Plans
{
    /// <summary>3 epochs of 4 steps of 13 microbatches, the last of 9; both sets.</summary>
    public static readonly RunPlan Small = new(
        StepsPerEpoch: 4, Epochs: 3, MicrobatchesPerStep: 13, MicrobatchesInLastStep: 9,
        ValidationMicrobatches: 5, TestMicrobatches: 6, CheckpointEverySteps: 0, Slices: 2,
        ClipsGlobalNorm: false, RestoresBest: false);

    /// <summary>A plan drawn from a seed; every feature in some of them.</summary>
    public static RunPlan Random(Random random) => new(
        StepsPerEpoch: random.Next(1, 6), Epochs: random.Next(1, 5),
        MicrobatchesPerStep: random.Next(1, 20), MicrobatchesInLastStep: random.Next(1, 10),
        ValidationMicrobatches: random.Next(0, 2) * random.Next(1, 9),
        TestMicrobatches: random.Next(0, 2) * random.Next(1, 9),
        CheckpointEverySteps: random.Next(0, 2) * random.Next(1, 5), Slices: random.Next(1, 4),
        ClipsGlobalNorm: random.Next(2) == 0, RestoresBest: random.Next(2) == 0);

    /// <summary>Judgements drawn from a seed; the first epoch always improves.</summary>
    public static Judge RandomJudge(int seed) => epoch =>
    {
        var random = new Random(seed * 31 + epoch);
        return (epoch == 1 || random.Next(2) == 0, random.Next(6) == 0);
    };
}
