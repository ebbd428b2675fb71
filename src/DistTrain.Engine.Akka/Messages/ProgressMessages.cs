using DistTrain.Learning;

namespace DistTrain.Engine.Akka;

/// <summary>From slice 0's node to the coordinator's, for people: steps are done. Not every step is
/// told.</summary>
internal sealed record StepsDone(long Step, int Epoch, double LossSum, int Correct, int Samples)
    : ControlMessage;

/// <summary>From slice 0's node to the coordinator's, for people: an epoch is closed.</summary>
internal sealed record EpochDone(
    int Epoch, long Steps, double LearningRate, double TrainLoss, double TrainAccuracy,
    bool HasValidation, double ValidationLoss, double ValidationAccuracy, double Seconds,
    double SamplesPerSecond) : ControlMessage
{
    public static EpochDone Of(EpochRecord epoch) => new(
        epoch.Epoch, epoch.Steps, epoch.LearningRate, epoch.TrainLoss, epoch.TrainAccuracy,
        epoch.ValidationLoss is not null, epoch.ValidationLoss ?? 0,
        epoch.ValidationAccuracy ?? 0, epoch.Seconds, epoch.SamplesPerSecond);

    public EpochRecord ToRecord() => new(
        Epoch, Steps, LearningRate, TrainLoss, TrainAccuracy,
        HasValidation ? ValidationLoss : null, HasValidation ? ValidationAccuracy : null,
        Seconds, SamplesPerSecond);
}

/// <summary>From a parameter server to the coordinator: a slice threw, and is gone with what it
/// held.</summary>
internal sealed record SliceThrew(int Slice, long Incarnation, string Cause) : ControlMessage;
