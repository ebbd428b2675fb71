namespace DistTrain.Benchmarks.Compare;

/// <summary>How the peers come onto a machine.</summary>
internal static class Peers
{
    public const string Install =
        "`apt-get install -y --no-install-recommends python3-torch python3-numpy "
        + "libopenblas0-pthread libdnnl-dev`";

    public const string NotInstalled = $"not installed ({Install})";
}
