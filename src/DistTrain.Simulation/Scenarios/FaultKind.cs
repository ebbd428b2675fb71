namespace DistTrain.Simulation;

/// <summary>What can go wrong. Names are part of the text form of a scenario.</summary>
internal enum FaultKind
{
    /// <summary>The processes on these nodes end at once and start again later.</summary>
    Crash,

    /// <summary>As <see cref="Crash"/>, and the disk is lost with it.</summary>
    CrashAndLoseDisk,

    /// <summary>As <see cref="Crash"/>, and the newest file was not wholly on the disk.</summary>
    CrashAndTearFile,

    /// <summary>Like SIGSTOP: nothing runs, messages queue up, and it wakes as if nothing had
    /// been.</summary>
    Pause,

    /// <summary>All that is computed there takes longer.</summary>
    Slow,

    /// <summary>The next thing computed there comes late.</summary>
    ComputeLate,

    /// <summary>The next gradient or evaluation computed there throws.</summary>
    ComputeThrows,

    /// <summary>The next update applied there throws.</summary>
    UpdateThrows,

    /// <summary>A part of the messages is lost.</summary>
    Loss,

    /// <summary>A part of the messages arrives twice.</summary>
    Duplication,

    /// <summary>A part of the messages is overtaken by later ones.</summary>
    Reorder,

    /// <summary>Every message takes longer.</summary>
    SlowLink,

    /// <summary>Nothing passes between two groups of nodes.</summary>
    Partition,

    /// <summary>Nothing passes from one group to the other; the way back is open.</summary>
    OneWay,

    /// <summary>No space is left.</summary>
    DiskFull,

    /// <summary>The disk does not answer.</summary>
    DiskBroken,

    /// <summary>Bits of a checkpoint flip.</summary>
    BitFlip,

    /// <summary>No fault: a worker asks to leave, goes when it may, and comes back later.</summary>
    Leave,

    /// <summary>No fault: the user stops the run, and resumes it.</summary>
    Stop,
}
