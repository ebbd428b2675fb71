using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>What a head makes of a run that is over: the result, and <c>model.dtm</c>.</summary>
internal static class RunEnding
{
    /// <param name="head">Of the run.</param>
    /// <param name="failure">The bug that ended it, or null.</param>
    /// <param name="version">The highest version that every slice has reached, or
    /// <see cref="SliceState.NoVersion"/>.</param>
    /// <param name="workersLost">Times that a worker was lost or failed.</param>
    /// <param name="parametersOf">The whole parameters of that version; null if they are not to be
    /// had.</param>
    /// <exception cref="CheckpointException">The finished model could not be written.</exception>
    public static RunResult Result(
        HeadContext head, Exception? failure, long version, int workersLost,
        Func<long, float[]?> parametersOf)
    {
        RunRecorder recorder = head.Recorder;
        (RunOutcome outcome, string? cause) = Ending(head, failure);
        float[]? parameters = version == SliceState.NoVersion ? null : parametersOf(version);
        string? model = outcome == RunOutcome.Completed
            ? head.Files?.SaveModel(
                version, parameters ?? throw new InvariantException("a run that is complete has "
                    + "no parameters"), recorder)
            : null;
        return new RunResult
        {
            Outcome = outcome,
            Cause = cause,
            Failure = failure,
            Steps = recorder.Steps,
            Version = parameters is null ? 0 : version,
            History = recorder.History,
            Validation = recorder.ValidationOf(version),
            Test = recorder.Test,
            Parameters = parameters ?? [],
            WeightsSha256 = parameters is null ? string.Empty : ParameterHash.Sha256(parameters),
            Seconds = recorder.Seconds,
            SamplesTrained = recorder.SamplesTrained,
            WorkersLost = workersLost,
            SavedModel = model,
            LastCheckpoint = head.Files?.LastCheckpoint,
        };
    }

    private static (RunOutcome Outcome, string? Cause) Ending(
        HeadContext head, Exception? failure)
    {
        if (failure is not null)
        {
            return (RunOutcome.Failed, failure.Message);
        }

        return head.Ending is { } end
            ? (end.Outcome, end.Cause)
            : throw new InvariantException("the dispatcher ended and the run did not");
    }
}
