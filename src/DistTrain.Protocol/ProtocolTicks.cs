namespace DistTrain.Protocol;

/// <summary>
/// Every time in the protocol, in ticks. A role has no clock: its engine calls <c>Tick</c> every
/// <see cref="Milliseconds"/> of its own clock, and the role counts. Late, missing or extra ticks
/// make it ask later or sooner, and change no bit.
/// </summary>
public static class ProtocolTicks
{
    /// <summary>Between two ticks: the unit of all that follows.</summary>
    public const int Milliseconds = 10;

    /// <summary>Until what was asked is asked again, the first time: 100 ms, longer than an answer
    /// takes on any network that a run would be led over.</summary>
    public const int Retry = 10;

    /// <summary>The wait doubles up to here: 1.6 s. A partition that heals is noticed within it.
    /// </summary>
    public const int MostRetry = 160;

    /// <summary>A slice says how it is: every 500 ms. What is allowed or assigned in vain is sent
    /// again upon it.</summary>
    public const int Status = 50;

    /// <summary>No step is called stalled sooner: 50 ms.</summary>
    public const int LeastStall = 5;

    /// <summary>Before <see cref="LeastSteps"/> steps are measured: 1 s. The first ones also load
    /// data and compile.</summary>
    public const int UnmeasuredStall = 100;

    /// <summary>Steps without which their median says little.</summary>
    public const int LeastSteps = 8;

    /// <summary>The median is over so many of the last steps; twice that is a stall.</summary>
    public const int MedianSteps = 32;

    /// <summary>A snapshot of gigabytes takes seconds to stream and write: 2 s until it is asked
    /// for again, doubling up to <see cref="MostSnapshotRetry"/>.</summary>
    public const int SnapshotRetry = 200;

    /// <summary>32 s.</summary>
    public const int MostSnapshotRetry = 3200;

    /// <summary>Others are asked for a part of an evaluation too: after 60 s while none was
    /// measured, since a worker cannot be stopped in one; then after twice the longest, and 1 s at
    /// least.</summary>
    public const int UnmeasuredEvaluation = 6000;

    /// <summary>See <see cref="UnmeasuredEvaluation"/>.</summary>
    public const int LeastEvaluation = 100;
}
