namespace DistTrain.Engine;

/// <summary>
/// A checkpoint or model file cannot be read, written or used. The message names the file, what is
/// wrong with it and what to do.
/// </summary>
public sealed class CheckpointException : Exception
{
    /// <param name="path">The file.</param>
    /// <param name="problem">What is wrong, as the rest of a sentence: "is cut short".</param>
    /// <param name="hint">What to do about it.</param>
    /// <param name="cause">What the system said, if it did.</param>
    public CheckpointException(string path, string problem, string hint, Exception? cause = null)
        : base($"{path} {problem}: {hint}", cause)
    {
        Path = path;
    }

    public string Path { get; }
}
