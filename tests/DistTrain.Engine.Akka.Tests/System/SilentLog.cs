namespace DistTrain.Engine.Akka.Tests;

/// <summary>For nodes whose log no test looks at.</summary>
internal sealed class SilentLog : INodeLog
{
    public void Information(string line)
    {
    }

    public void Warning(string line)
    {
    }

    public void Debug(string line)
    {
    }
}
