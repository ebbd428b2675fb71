namespace DistTrain.Simulation;

/// <summary>What one step computes.</summary>
/// <param name="Leaves">Of its tree: microbatches, or replicas of a round.</param>
/// <param name="LeafNanos">One thread's time for one of them.</param>
/// <param name="Samples">In the step.</param>
internal sealed record Workload(int Leaves, double LeafNanos, long Samples)
{
    public const int Microbatch = 16;

    public static Workload Of(
        ScalingMode mode, ScalingNetwork network, int workers, ScalingInputs inputs) => mode switch
        {
            ScalingMode.Strong => OfBatch(network, inputs.BatchSize),
            ScalingMode.Weak => OfBatch(network, inputs.SamplesPerWorker * workers),
            _ => new Workload(
                workers,
                inputs.LocalSteps * ((inputs.SamplesPerWorker * network.SampleNanos)
                    + (network.Parameters * network.UpdateNanos)),
                (long)inputs.LocalSteps * inputs.SamplesPerWorker * workers),
        };

    private static Workload OfBatch(ScalingNetwork network, int samples) => new(
        (samples + Microbatch - 1) / Microbatch, Microbatch * network.SampleNanos, samples);
}
