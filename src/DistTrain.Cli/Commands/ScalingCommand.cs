using System.Diagnostics;
using DistTrain.Simulation;

namespace DistTrain.Cli;

/// <summary>disttrain simulate --scaling</summary>
internal static class ScalingCommand
{
    public static int Run(Screen screen, ScalingInputs inputs, bool isJson)
    {
        var clock = Stopwatch.StartNew();
        using var interruption = new Interruption(() => screen.Note("stopping"));
        int clusters = Enum.GetValues<ScalingMode>().Length * inputs.Networks.Count
            * inputs.BandwidthsGbits.Count * inputs.ParameterServers.Count * inputs.Workers.Count;
        int done = 0;
        IReadOnlyList<ScalingPoint> points =
            ScalingTable.Run(inputs, _ => Tell(), interruption.Token);
        screen.Result(isJson
            ? ScalingJson.Format(inputs, points, clock.Elapsed.TotalSeconds)
            : ScalingText.Format(inputs, points));
        return interruption.IsRequested ? ExitCode.Interrupted : ExitCode.Done;

        void Tell()
        {
            if (++done % 200 == 0)
            {
                screen.Note($"{done:N0} of {clusters:N0} clusters");
            }
        }
    }
}
