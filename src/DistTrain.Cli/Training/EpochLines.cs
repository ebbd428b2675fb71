using System.Globalization;
using DistTrain.Engine;
using DistTrain.Learning;
using DistTrain.Numerics;
using DistTrain.Protocol;

namespace DistTrain.Cli;

/// <summary>One line an epoch: progress for a pipe or a log, and above the live bar.</summary>
/// <param name="note">Takes a line.</param>
/// <param name="epochs">Of the whole run.</param>
/// <param name="tellsMembers">False where somebody else says who comes and goes.</param>
internal sealed class EpochLines(
    Action<string> note, int epochs, bool tellsMembers = true) : IRunObserver
{
    private bool _lastWasWarning;

    public static string Format(EpochRecord e, int epochs)
    {
        string number = e.Epoch.ToString(CultureInfo.InvariantCulture)
            .PadLeft(epochs.ToString(CultureInfo.InvariantCulture).Length);
        string line = $"epoch {number}/{epochs}  loss {Html.Real(e.TrainLoss)} "
            + $"acc {Html.Real(e.TrainAccuracy)}";
        if (e.ValidationLoss is { } loss)
        {
            line += $"  val loss {Html.Real(loss)} acc {Html.Real(e.ValidationAccuracy)}";
        }
        // Just within the 80 columns of a small terminal.
        return line + $"  {Html.Count((long)e.SamplesPerSecond)}/s {Html.Duration(e.Seconds)}";
    }

    public void OnStarted(RunStart start)
    {
        string from = start.FirstStep > 0 ? $", from step {start.FirstStep:N0}" : "";
        note($"{Number(start.Workers, "worker")}, {Number(start.Slices, "parameter server")}, "
            + $"{Number(start.Threads, "thread")}, {IsaNames.Format(start.Isa)}, "
            + $"{start.TotalSteps:N0} steps{from}");
        if (start.IdleWorkers > 0)
        {
            note($"note: {start.IdleWorkers} of {start.Workers + start.IdleWorkers} workers idle: "
                + "a step has fewer units of work than there are workers");
        }
    }

    private static string Number(int count, string what) =>
        count == 1 ? $"1 {what}" : $"{count} {what}s";

    public void OnStep(in StepProgress step)
    {
        // Steps are too many for lines.
    }

    public void OnEpoch(EpochRecord epoch)
    {
        _lastWasWarning = false;
        note(Format(epoch, epochs));
    }

    public void OnEvent(RunEvent runEvent)
    {
        if (!tellsMembers && runEvent is (WorkerLeftRun or SliceLeftRun))
        {
            return;
        }
        // A worker that comes and goes would fill the screen; the log has every event.
        if (RunEventText.IsWarning(runEvent) && !_lastWasWarning)
        {
            _lastWasWarning = true;
            note("note: " + RunEventText.Of(runEvent));
        }
    }
}
