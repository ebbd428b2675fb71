using System.Net.Sockets;
using DistTrain.Engine;
using DistTrain.Learning;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Tcp;

/// <summary>One run of a head: puts it together, waits for nodes, and gathers the result.</summary>
internal sealed class HeadRun : IDisposable
{
    // 2026-01-01 in Unix seconds: numbers of coordinators have 31 bits.
    private const long Epoch = 1_767_225_600;

    private static readonly Lock NumberGate = new();
    private static int _lastNumber;

    private static readonly TimeSpan FarewellPatience = TimeSpan.FromSeconds(3);

    private readonly TrainingTask _task;
    private readonly RunOptions _options;
    private readonly TcpHeadOptions _node;
    private readonly int _threads;
    private readonly ComputeTeam? _updateTeam;
    private readonly HeadParts _parts;
    private readonly HeadNode _head;
    private readonly LinkListener _listener;
    private readonly ManualResetEventSlim _membersChanged = new();

    public HeadRun(
        TrainingTask task, RunOptions options, TcpHeadOptions node, IRunObserver observer)
    {
        (_task, _options, _node) = (task, options, node);
        IReadOnlyList<ParameterInterval> intervals = ParameterInterval.Cut(
            task.Layout.Count, options.ParameterServers ?? DefaultSlices());
        _threads = Math.Min(
            intervals.Count == 1 ? UsefulThreads() : intervals.Count,
            Math.Min(options.Threads, Environment.ProcessorCount));
        _updateTeam = intervals.Count == 1 && _threads > 1
            ? new ComputeTeam(_threads, "update", spins: false) // cores are the workers' meanwhile
            : null;
        RunPlan plan = RunPlanner.PlanOf(
            task, intervals.Count, options.CheckpointEverySteps, options.Workers);
        var run = new RunId(options.ResumeFrom?.Run ?? Guid.NewGuid());
        var context = new RoleContext(
            task, run, plan, intervals, options.Isa, node.Hooks)
        {
            UpdateTeam = _updateTeam,
        };
        var head = new HeadContext(
            task, intervals.Count, options.ResumeFrom,
            RunFiles.In(options.OutFolder, task, options.Keep, run), new SerialObserver(observer));
        var dispatcher = new Dispatcher(
            Math.Min(_threads, intervals.Count), () => _parts!.Coordinator.Describe(),
            spins: false);
        var package = new DataPackage(task.Data);
        RunDescription description = RunDescription.Of(
            task, package.Identity, plan, options.Workers, node.Compression);
        _parts = new HeadParts(
            context, head, dispatcher, description, package, CoordinatorOptions(),
            node.Security.MemoryForTensors);
        _head = new HeadNode(_parts, description.ToJson(), node.Log);
        try
        {
            _listener = new LinkListener(
                node.Listen, node.Security, _head,
                new LinkOptions { FailureTimeout = node.FailureTimeout }, node.Log.Warning);
        }
        catch (SocketException e)
        {
            _updateTeam?.Dispose();
            throw new NodeException($"cannot listen on {node.Listen}: {e.Message}", e);
        }
    }

    public RunResult Run(CancellationToken stop)
    {
        HeadContext head = _parts.Head;
        Dispatcher dispatcher = _parts.Dispatcher;
        dispatcher.Begin(); // a node may connect at any time: silence is no deadlock
        head.Writer = head.Files is { } files
            ? new CheckpointWriter(files, dispatcher, _parts.Coordinator.Post)
            : null;
        _parts.HostHere(new SliceId(0));
        _head.MembersChanged += _membersChanged.Set;
        _listener.Start();
        _node.Listening?.Invoke(_listener.EndPoint);
        try
        {
            if (TryPlaceSlices(stop))
            {
                Train(stop);
            }
            else
            {
                head.Ending = new EndRun(
                    RunOutcome.Interrupted, 0, "it was still waiting for parameter servers");
            }
        }
        finally
        {
            head.Writer?.Close();
            _head.SayFarewell(
                head.Ending is { } end ? $"the run is over: {end.Outcome}" : "the run has failed",
                FarewellPatience);
        }

        return RunEnding.Result(
            head, dispatcher.Failure, _parts.Slices.All.Min(slice => slice.Role.Version),
            _head.WorkersLost + _parts.Context.Failures, ParametersOf);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _updateTeam?.Dispose();
        _parts.Ticker.Dispose();
        _membersChanged.Dispose();
    }

    /// <summary>Waits for the parameter servers asked for and gives them all slices but the first.
    /// </summary>
    /// <returns>False if <paramref name="stop"/> came first.</returns>
    private bool TryPlaceSlices(CancellationToken stop)
    {
        int nodes = _node.ParameterServerNodes;
        if (nodes > 0)
        {
            _node.Log.Information(
                $"waiting for {nodes} parameter server{(nodes == 1 ? "" : "s")}");
        }

        try
        {
            while (_parts.Members.Ready(NodeKind.ParameterServer) < nodes)
            {
                _membersChanged.Wait(stop);
                _membersChanged.Reset();
            }
        }
        catch (OperationCanceledException)
        {
            return false;
        }

        _head.PlaceSlices(nodes);
        return true;
    }

    private void Train(CancellationToken stop)
    {
        _parts.Head.Observer.OnStarted(new RunStart(
            _options.ResumeFrom?.Version ?? 0, _task.Steps.TotalSteps, _task.Steps.StepsPerEpoch,
            Math.Min(_options.Workers, _task.Steps.LeavesOf(0)),
            Math.Max(0, _options.Workers - _task.Steps.LeavesOf(0)),
            _parts.Context.Plan.Slices, _threads, _options.Isa));
        _parts.CoordinatorRole.Start();
        _parts.Ticker.Add(_parts.Coordinator);
        using (stop.Register(() => _parts.Coordinator.Post(new StopRequested())))
        {
            _parts.Dispatcher.Run();
        }
    }

    /// <summary>One for each parameter server and for the head. In a head alone: a single one whose
    /// updates threads share, if workers can read the parameters where they are, which takes all of
    /// them in one piece; else one for each useful thread, so that parts come before others are
    /// updated.</summary>
    private int DefaultSlices()
    {
        if (_node.ParameterServerNodes > 0)
        {
            return _node.ParameterServerNodes + 1;
        }

        return _node.Security.IsEncrypted ? UsefulThreads() : 1;
    }

    /// <summary>As many as get work that is worth waking a thread for.</summary>
    private int UsefulThreads() => Math.Clamp(
        _task.Layout.Count / SliceActors.SmallParameters, 1,
        Math.Min(_options.Threads, Environment.ProcessorCount));

    private CoordinatorOptions CoordinatorOptions()
    {
        var options = new CoordinatorOptions
        {
            MinWorkers = _options.MinWorkers,

            // Of two heads of a run the later one leads. Its start tells which that is.
            Number = NextNumber(),
        };
        return _options.ResumeFrom is { } from
            ? options with { Source = RestoreSource.Checkpoint, Version = from.Version }
            : options;
    }

    /// <summary>Seconds, so that 31 bits last; two heads of one process differ all the same. Two of
    /// two processes do unless both start within a second, which the port stands against: and what
    /// the first has begun by then is the same bits.</summary>
    private static int NextNumber()
    {
        int now = (int)(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - Epoch);
        lock (NumberGate)
        {
            _lastNumber = Math.Max(now, _lastNumber + 1);
            return _lastNumber;
        }
    }

    /// <summary>The whole parameters of a version: slices here have them, those of others are in
    /// the last checkpoint.</summary>
    private float[]? ParametersOf(long version)
    {
        float[] parameters = new float[_task.Layout.Count];
        SavedState? saved = null;
        for (int i = 0; i < _parts.Context.Plan.Slices; i++)
        {
            ParameterInterval interval = _parts.Context.Intervals[i];
            Span<float> part = parameters.AsSpan(interval.Start, interval.Length);
            if (_parts.Slices.Find(new SliceId(i)) is { } here)
            {
                here.Memory.Parameters(version).Span.CopyTo(part);
                continue;
            }

            saved ??= _parts.Head.NewestSaved();
            float[]? whole = saved?.Version == version ? saved.Parameters
                : saved?.Best?.Version == version ? saved.Best.Parameters
                : null;
            if (whole is null)
            {
                return null;
            }

            whole.AsSpan(interval.Start, interval.Length).CopyTo(part);
        }

        return parameters;
    }
}
