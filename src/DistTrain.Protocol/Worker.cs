using System.Collections.Immutable;

namespace DistTrain.Protocol;

/// <summary>
/// A worker: waits for all slices of a version, computes its nodes of the microbatch tree on it
/// and pushes each gradient to every slice. A pure state machine: a message in, effects out. What
/// it computes when: <see cref="WorkerSteps"/>, <see cref="WorkerEvaluation"/>.
/// </summary>
/// <remarks>
/// <code>
///                 all slices of the first version
///   Empty ────────────────────────────────────────► Computing step v ─┐
///     ▲                                               │     ▲         │ all slices of v + 1:
///     │ ParametersPublished of a newer generation     │     └─────────┘ v is past
///     └───────────────────────────────────────────────┤
///                                                     └── RunEnded ──► Ended
///   From Ended, on word of a newer generation: Empty (that coordinator leads on)
/// </code>
/// Which nodes: by the assignment that came with version v, and what the coordinator asks for
/// besides. Invariant: a worker that holds all of v + 1 owes nothing to step v, since every
/// slice has applied it.
/// </remarks>
public sealed class Worker
{
    private readonly RunId _run;
    private readonly RunPlan _plan;
    private readonly WorkerId _id;
    private readonly ParameterAssembly _incoming;
    private readonly RequestedWork _requested = new();
    private readonly WorkerSteps _steps;
    private readonly WorkerEvaluation _evaluation;

    private Generation _generation;
    private ImmutableArray<TensorHandle> _parameters;
    private bool _isEnded;
    private bool _hasLeft;
    private Generation _endedIn;

    // The newest version held in full; −1: none yet.
    private long _version = -1;

    public Worker(RunId run, RunPlan plan, WorkerId id)
    {
        ArgumentNullException.ThrowIfNull(plan);
        _run = run;
        _plan = plan.Checked();
        _id = id;
        _incoming = new ParameterAssembly(plan.Slices);
        _steps = new WorkerSteps(run, plan, id);
        _evaluation = new WorkerEvaluation(run, plan, id);
    }

    /// <summary>Takes one message in and adds what follows from it.</summary>
    public void Handle(WorkerMessage message, IList<Effect> effects)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(effects);
        if (_isEnded && !GoesOn(message))
        {
            effects.Refuse(message, "the run has ended");
            return;
        }

        switch (message)
        {
            case ParametersPublished m: OnParametersPublished(m, effects); break;
            case GradientComputed m: _steps.OnComputed(m, effects); break;
            case GradientDropped m: _steps.OnDropped(m); break;
            case Recompute m: OnRecompute(m, effects); break;
            case Evaluate m: OnEvaluate(m, effects); break;
            case EvaluationComputed m: _evaluation.OnComputed(m, effects); break;
            case RunEnded m: OnRunEnded(m, effects); break;
            case LeaveGranted m: OnLeaveGranted(m, effects); break;
        }
    }

    private void OnParametersPublished(ParametersPublished message, IList<Effect> effects)
    {
        if (message.Run != _run || message.Generation < _generation)
        {
            effects.Refuse(
                message, message.Run != _run ? "another run" : "older generation");
            if (message.Run == _run)
            {
                TellGeneration(effects);
            }

            return;
        }

        if (message.Generation > _generation)
        {
            BecomeEmpty(message.Generation);
        }

        if (message.Version <= _version || !_incoming.TryAdd(message))
        {
            effects.Refuse(message, "held already");
        }
        else if (_incoming.TryGet(
            message.Version, out ImmutableArray<TensorHandle> parameters,
            out Assignment assignment))
        {
            BecomeComputing(message.Version, parameters, assignment, effects);
        }
    }

    private void BecomeEmpty(Generation generation)
    {
        _generation = generation;
        _version = -1;
        _incoming.Clear();
        _steps.Clear();
    }

    private void BecomeComputing(
        long version, ImmutableArray<TensorHandle> parameters, Assignment assignment,
        IList<Effect> effects)
    {
        _version = version;
        _parameters = parameters;
        _steps.OnVersionHeld(new Basis(_generation, version), parameters, assignment, effects);
        if (version < _plan.TotalSteps && _requested.Take(_generation, version) is { } requested)
        {
            foreach (TreeNode node in requested)
            {
                _steps.Compute(version, node, effects);
            }
        }

        _steps.GoOn(effects);
        _evaluation.OnVersionHeld(_generation, _version, _parameters, effects);
    }

    private void OnRunEnded(RunEnded message, IList<Effect> effects)
    {
        if (message.Run != _run || message.Generation < _generation)
        {
            effects.Refuse(
                message, message.Run != _run ? "another run" : "older generation");
            return;
        }

        _endedIn = message.Generation;
        BecomeEnded();
    }

    /// <summary>A coordinator that took over while the one before ended the run leads on: what it
    /// and its slices say is of a higher generation.</summary>
    private bool GoesOn(WorkerMessage message)
    {
        Generation? generation = message switch
        {
            ParametersPublished m when m.Run == _run => m.Generation,
            Recompute m => m.Generation,
            Evaluate m => m.Generation,
            _ => null,
        };
        bool goesOn = !_hasLeft && generation > _endedIn;
        _isEnded = !goesOn;
        return goesOn;
    }

    private void OnLeaveGranted(LeaveGranted message, IList<Effect> effects)
    {
        if (message.Run != _run)
        {
            effects.Refuse(message, "another run");
            return;
        }

        _hasLeft = true;
        BecomeEnded();
        effects.Add(new LeaveRun());
    }

    /// <summary>To a coordinator that is deposed and does not know it, or that cannot know of the
    /// generation since all slices were lost.</summary>
    private void TellGeneration(IList<Effect> effects) =>
        effects.Add(new SendToCoordinator(new GenerationHeard(_id, _generation)));

    /// <summary>Asks the slices for what is lacking of a version that there is work on.</summary>
    private void AskFor(Generation generation, long version, IList<Effect> effects)
    {
        for (int i = 0; i < _plan.Slices; i++)
        {
            var slice = new SliceId(i);
            if (generation > _generation || !_incoming.Has(slice, version))
            {
                effects.Add(new SendToSlice(slice, new RequestParameters(_run, _id, version)));
            }
        }
    }

    private void BecomeEnded()
    {
        _isEnded = true;
        _incoming.Clear();
        _steps.Clear();
        _requested.Clear();
    }

    private void OnRecompute(Recompute message, IList<Effect> effects)
    {
        bool isThisGeneration = message.Generation == _generation;
        if (message.Generation < _generation)
        {
            effects.Refuse(message, "older generation");
            TellGeneration(effects);
            return;
        }

        if (message.Step >= _plan.TotalSteps || (isThisGeneration && message.Step < _version))
        {
            effects.Refuse(
                message, message.Step < _version ? "step is past" : "beyond the last step");
            return;
        }

        bool isHeld = isThisGeneration && message.Step == _version;
        int microbatches = _plan.MicrobatchesOf(message.Step);
        foreach (TreeNode node in message.Nodes)
        {
            if (!node.IsInTreeOf(microbatches))
            {
                effects.Refuse(message, $"{node} is no node of this step's tree");
            }
            else if (isThisGeneration && _plan.MayCompute(message.Step, _version))
            {
                _steps.Compute(message.Step, node, effects);
            }
            else
            {
                _requested.Add(message.Generation, message.Step, node);
            }
        }

        if (!isHeld)
        {
            AskFor(message.Generation, message.Step, effects);
        }
    }

    private void OnEvaluate(Evaluate message, IList<Effect> effects)
    {
        bool isThisGeneration = message.Generation == _generation;
        if (message.Generation < _generation)
        {
            effects.Refuse(message, "older generation");
            TellGeneration(effects);
        }
        else if (isThisGeneration && message.Version < _version)
        {
            effects.Refuse(message, "that version is past");
        }
        else if (_evaluation.TryAdd(message, effects))
        {
            _evaluation.OnVersionHeld(_generation, _version, _parameters, effects);
            if (!isThisGeneration || message.Version != _version)
            {
                AskFor(message.Generation, message.Version, effects);
            }
        }
        else if (_evaluation.Newest > message.Generation)
        {
            // Of a coordinator of before, perhaps: this one has to know, to rise above it.
            effects.Add(new SendToCoordinator(new GenerationHeard(_id, _evaluation.Newest)));
        }
    }
}
