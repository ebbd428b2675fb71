using DistTrain.Learning;

namespace DistTrain.Engine.Tests;

internal static class Examples
{
    /// <summary>A checkpoint with something in every field, of a network of three parameters.
    /// </summary>
    public static Checkpoint Tiny(long version = 7) => new()
    {
        Run = new Guid("00112233-4455-6677-8899-aabbccddeeff"),
        RecipeJson = """{"name":"tiny – ü"}""",
        Data = new DataIdentity("pairs", "ab12", "cd34", 2, 3, 1, 2),
        Scaling = new FeatureScalingState(PixelScaling.Standard, false, [0.5f, 1f], [2f, 0.25f]),
        Version = version,
        StepsPerEpoch = 5,
        Parameters = [1f, -0f, float.Epsilon],
        FirstMoment = [0.1f, 0.2f, 0.3f],
        SecondMoment = [4f, 5f, 6f],
        Best = new BestParameters(5, [7f, 8f, 9f]),
        Stopping = new EarlyStoppingState(0.1 + 0.2, 1),
        History = new HistoryState(
            [new EpochRecord(1, 5, 1e-3, 0.7, 0.1, double.NaN, 0.25, 1.5, 1000)],
            new BatchMetrics(1.0 / 3, 2, 16), 0.25),
    };
}
