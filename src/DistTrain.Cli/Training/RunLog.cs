using System.Globalization;
using System.Text;
using System.Text.Json;
using DistTrain.Engine;
using DistTrain.Learning;
using DistTrain.Numerics;
using DistTrain.Protocol;

namespace DistTrain.Cli;

/// <summary>log.jsonl: one JSON object a line, each with its time (UTC) and what happened.
/// </summary>
internal sealed class RunLog : IRunObserver, IDisposable
{
    private readonly Lock _lock = new();
    private readonly StreamWriter _writer;
    private bool _hasStepped;

    /// <summary>Goes on at the end of the file where a run is resumed.</summary>
    public RunLog(string path)
    {
        _writer = new StreamWriter(path, append: true, new UTF8Encoding(false))
        {
            NewLine = "\n",
            AutoFlush = true,
        };
    }

    public void OnStarted(RunStart start) => Write("started", json =>
    {
        json.WriteNumber("firstStep", start.FirstStep);
        json.WriteNumber("totalSteps", start.TotalSteps);
        json.WriteNumber("workers", start.Workers);
        json.WriteNumber("parameterServers", start.Slices);
        json.WriteNumber("threads", start.Threads);
        json.WriteString("isa", IsaNames.Format(start.Isa));
    });

    public void OnStep(in StepProgress step)
    {
        // A line a step would be most of the run's bytes and tell little. The first one tells how
        // long the start took.
        if (!_hasStepped)
        {
            _hasStepped = true;
            WriteFirstStep(step.Step);
        }
    }

    public void OnEpoch(EpochRecord epoch) =>
        Write("epoch", json => RunJson.WriteEpoch(json, epoch));

    public void OnEvent(RunEvent runEvent) =>
        Write(Name(runEvent), json => json.WriteString("text", RunEventText.Of(runEvent)));

    /// <summary>What a node of the run said, or what is said of one.</summary>
    public void Node(string level, string text) => Write("node", json =>
    {
        json.WriteString("level", level);
        json.WriteString("text", text);
    });

    /// <summary>The last line.</summary>
    public void Ended(string outcome, string? cause) => Write("ended", json =>
    {
        json.WriteString("outcome", outcome);
        json.WriteString("cause", cause);
    });

    public void Dispose() => _writer.Dispose();

    private void WriteFirstStep(long step) =>
        Write("firstStepDone", json => json.WriteNumber("step", step));

    /// <summary>workerLeftRun for WorkerLeftRun.</summary>
    private static string Name(RunEvent e) =>
        JsonNamingPolicy.CamelCase.ConvertName(e.GetType().Name);

    private void Write(string name, Action<Utf8JsonWriter> body)
    {
        string line = RunJson.Write(json =>
        {
            json.WriteString("time", DateTime.UtcNow.ToString("O", CultureInfo.InvariantCulture));
            json.WriteString("event", name);
            body(json);
        });
        lock (_lock)
        {
            _writer.WriteLine(line);
        }
    }
}
