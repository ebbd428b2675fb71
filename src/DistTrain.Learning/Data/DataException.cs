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

    /// <summary>For a file that could not be opened or read.</summary>
    internal static DataException CannotRead(string path, Exception inner) =>
        inner is FileNotFoundException or DirectoryNotFoundException
            ? For(path, "there is no such file", "Check the path", inner)
            : For(path, $"the file cannot be read ({inner.Message})",
                "Check what it is and its rights", inner);
}
