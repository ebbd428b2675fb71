using System.Reflection;
using Akka.Configuration;

namespace DistTrain.Engine.Akka;

/// <summary>config/akka.*.conf, which this assembly carries, so that a node needs no folder beside
/// it.</summary>
internal static class ShippedSettings
{
    /// <param name="role">head, ps or worker.</param>
    public static Config Of(string role) =>
        Read($"akka.{role}.conf")
            .WithFallback(Read("akka.cluster.conf"))
            .WithFallback(Read("akka.common.conf"));

    private static Config Read(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new ArgumentException($"there is no {name}", nameof(name));
        using var reader = new StreamReader(stream);
        return ConfigurationFactory.ParseString(reader.ReadToEnd());
    }
}
