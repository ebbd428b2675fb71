namespace DistTrain.Learning;

/// <summary>
/// Data that are missing, damaged or not what they should be. The message is for the user: it
/// names the file, says what is wrong with it and how to put it right.
/// </summary>
public sealed class DataException : Exception
{
    public DataException(string message)
        : base(message)
    {
    }

    public DataException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>"FILE: what is wrong. How to fix it."</summary>
    internal static DataException For(
        string path, string problem, string fix, Exception? inner = null)
    {
        string message = $"{path}: {problem}. {fix}.";
        return inner is null ? new DataException(message) : new DataException(message, inner);
    }
}
