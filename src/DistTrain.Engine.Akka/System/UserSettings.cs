using Akka.Cluster;
using Akka.Configuration;
using Akka.Configuration.Hocon;
using Akka.Remote;

namespace DistTrain.Engine.Akka;

/// <summary>
/// The user's own HOCON file. What is wrong with it is told by its name, before anything starts:
/// its syntax, and values of the cluster and of remoting that Akka cannot read.
/// </summary>
internal static class UserSettings
{
    /// <summary>Settings are text by hand; a larger file is none.</summary>
    private const long MostBytes = 1 << 20;

    /// <exception cref="NodeException">The file cannot be used.</exception>
    public static Config Over(Config shipped, string path)
    {
        string text = Read(path);
        if (HoconBrackets.Problem(text) is { } problem)
        {
            throw new NodeException($"--akka-config {path} cannot be used: {problem}");
        }
        try
        {
            Config config = ConfigurationFactory.ParseString(text, RefuseInclude)
                .WithFallback(shipped);
            Config all = config
                .WithFallback(ConfigurationFactory.FromResource<Cluster>(
                    "Akka.Cluster.Configuration.Cluster.conf"))
                .WithFallback(ConfigurationFactory.FromResource<RemoteSettings>(
                    "Akka.Remote.Configuration.Remote.conf"))
                .WithFallback(ConfigurationFactory.Default());
            _ = new ClusterSettings(all, AkkaSettings.SystemName);
            _ = new RemoteSettings(all);
            return config;
        }
        // Akka has an exception of its own for each way that a value can be wrong.
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new NodeException(
                $"--akka-config {path} cannot be used: {OneLine(e.Message)}", e);
        }
    }

    private static string Read(string path)
    {
        try
        {
            return new FileInfo(path) is { Exists: true, Length: > MostBytes }
                ? throw new NodeException($"--akka-config {path} has more than {MostBytes:N0} "
                    + "bytes: that is no file of settings")
                : File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NodeException($"--akka-config {path} cannot be read: {e.Message}", e);
        }
    }

    private static HoconRoot RefuseInclude(string file) => throw new ConfigurationException(
        $"include \"{file}\" is not followed; put all settings into one file");

    private static string OneLine(string text) =>
        string.Join(' ', text.Split(
            (char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
