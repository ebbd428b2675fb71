using DistTrain.Engine.Akka;
using DistTrain.Engine.Tcp;

namespace DistTrain.Cli;

/// <summary>The folder of --certs, as the engine on Akka.NET takes it.</summary>
internal static class AkkaCertificates
{
    /// <exception cref="SecuritySetupException">They are not there, or not fit for use.</exception>
    public static AkkaSecurity Of(Credentials credentials)
    {
        if (credentials.Certificates is not { } folder)
        {
            return AkkaSecurity.LoopbackOnly;
        }
        NodeCertificates files = NodeCertificates.Load(folder);
        return AkkaSecurity.MutualTls(files.Node, files.Authority);
    }
}
