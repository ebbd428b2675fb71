namespace DistTrain.Engine.Akka;

/// <summary>A user's file of settings, judged before a run or node is begun.</summary>
public static class AkkaConfigFile
{
    /// <returns>What is wrong with it, in one line; null: nothing that can be seen before it is
    /// used.</returns>
    public static string? Problem(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        try
        {
            UserSettings.Over(ShippedSettings.Of(AkkaSettings.HeadRole), path);
            return null;
        }
        catch (NodeException e)
        {
            return e.Message;
        }
    }
}
