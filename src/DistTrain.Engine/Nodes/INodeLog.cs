namespace DistTrain.Engine;

/// <summary>Where a node says what happens to it, one line each, from any thread.</summary>
public interface INodeLog
{
    /// <summary>Worth a line always.</summary>
    void Information(string line);

    /// <summary>Something is wrong, and the node goes on.</summary>
    void Warning(string line);

    /// <summary>For who looks for a fault.</summary>
    void Debug(string line);
}
