using DistTrain.Learning;
using DistTrain.Numerics;
using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>
/// Watches a run. Called on compute threads, one call at a time, steps and epochs in order: it
/// must return quickly. What it throws ends the run.
/// </summary>
public interface IRunObserver
{
    void OnStarted(RunStart start);

    void OnStep(in StepProgress step);

    void OnEpoch(EpochRecord epoch);

    void OnEvent(RunEvent runEvent);
}

/// <summary>What a run sets out to do.</summary>
/// <param name="FirstStep">Steps done before, by the run that is resumed; else 0.</param>
/// <param name="TotalSteps">Steps at which the run is complete.</param>
/// <param name="StepsPerEpoch">Steps in an epoch.</param>
/// <param name="Workers">Workers, the idle ones not counted.</param>
/// <param name="IdleWorkers">Workers asked for beyond the units of work of a step.</param>
/// <param name="Slices">Parameter slices.</param>
/// <param name="Threads">Compute threads.</param>
/// <param name="Isa">Instruction set of the kernels.</param>
public sealed record RunStart(
    long FirstStep, long TotalSteps, long StepsPerEpoch, int Workers, int IdleWorkers, int Slices,
    int Threads, Isa Isa);

/// <summary>One step is done.</summary>
/// <param name="Step">Steps done so far, from 1.</param>
/// <param name="Epoch">The epoch that it belongs to, from 1.</param>
/// <param name="Metrics">Of the batch, or of all batches of a round.</param>
/// <param name="WorkersAlive">Workers that compute.</param>
public readonly record struct StepProgress(
    long Step, int Epoch, BatchMetrics Metrics, int WorkersAlive);
