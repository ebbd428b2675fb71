using System.Globalization;
using System.Text;
using DistTrain.Learning;

namespace DistTrain.Cli;

/// <summary>history.csv: a line an epoch, numbers written so that they read back exactly.</summary>
internal static class HistoryCsv
{
    public static string Format(IReadOnlyList<EpochRecord> history)
    {
        var csv = new StringBuilder();
        csv.Append("epoch,steps,learningRate,trainLoss,trainAccuracy,validationLoss,");
        csv.Append("validationAccuracy,seconds,samplesPerSecond\n");
        foreach (var e in history)
        {
            csv.Append(CultureInfo.InvariantCulture,
                $"{e.Epoch},{e.Steps},{e.LearningRate:R},{e.TrainLoss:R},{e.TrainAccuracy:R},");
            csv.Append(CultureInfo.InvariantCulture,
                $"{e.ValidationLoss:R},{e.ValidationAccuracy:R},{e.Seconds:R},");
            csv.Append(CultureInfo.InvariantCulture, $"{e.SamplesPerSecond:R}\n");
        }
        return csv.ToString();
    }
}
