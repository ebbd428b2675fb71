namespace DistTrain.Protocol;

/// <summary>
/// How a coordinator begins, the first one like every later one: it asks the slices how they are.
/// If they hold a version, it takes over where the run is; else it has them restored.
/// </summary>
public sealed partial class Coordinator
{
    /// <summary>Begins.</summary>
    public void Start(IList<Effect> effects)
    {
        ArgumentNullException.ThrowIfNull(effects);
        Invariant.Holds(_phase == Phase.Created, "a coordinator is started once");
        BecomeAsking(effects);
    }

    private void BecomeAsking(IList<Effect> effects)
    {
        Enter(Phase.Asking);
        _awaited.AwaitAll();
        AskAwaited(new ReportStatus(Run), effects);
    }

    private void OnAnswer(SliceStatus status, IList<Effect> effects)
    {
        _slices.Set(status);
        _highest = Max(_highest, status.Generation);
        _roster.NumberAbove(status.AssignmentNumber);
        if (!_awaited.TryRemove(status.Slice) || !_awaited.IsEmpty)
        {
            return;
        }

        if (_slices.AreWhole)
        {
            Enter(Phase.Adopting);
            RaiseGeneration();
            _awaited.AwaitAll();
            AskAwaited(new AdoptGeneration(Run, _generation), effects);
        }
        else
        {
            Enter(Phase.Gathering);
            TryBecomeRestoring(effects);
        }
    }

    private void OnAdopted(SliceStatus status, IList<Effect> effects)
    {
        bool isAsItWas = status.Condition == SliceCondition.Ready
            && status.Restored == _slices.All[status.Slice.Value].Restored;
        _slices.Set(status);
        _roster.NumberAbove(status.AssignmentNumber);
        if (!isAsItWas)
        {
            Restore("a slice changed while a coordinator took over", effects);
        }
        else if (_awaited.TryRemove(status.Slice) && _awaited.IsEmpty)
        {
            TakeOver(effects);
        }
    }

    /// <summary>All slices listen to this coordinator: goes on wherever the run was.</summary>
    private void TakeOver(IList<Effect> effects)
    {
        if (!_slices.AreWhole)
        {
            Restore("the slices are at different versions", effects);
            return;
        }

        _leads = true;
        SliceStatus first = _slices.All[0];
        _stateFrom = first.Restored;
        long lowest = _slices.All.Min(view => view.Version);
        long highest = _slices.All.Max(view => view.Version);
        long limit = Math.Max(highest, _slices.All.Max(view => view.Limit));
        effects.Add(new Report(new CoordinatorTookOver(lowest)));
        _best = first.BestVersion;
        _published = first.Version;
        if (first.Source == RestoreSource.Best)
        {
            _final = highest;
            BecomeTesting(effects);
            return;
        }

        bool isAtEnd = _plan.IsEpochEnd(highest) && limit == highest;
        _checkpoints.Resume(
            lowest, _restorePoints.NewestSaved, _slices.Copied,
            judged: isAtEnd ? highest - 1 : highest);
        Enter(Phase.Training);
        _barrier = isAtEnd ? highest : _plan.NextEpochEnd(highest);
        SendAssignment(effects);
        OpenFirstLedger(first, effects);
        OrderDueCheckpoint(effects);
        if (isAtEnd && first.Version == highest)
        {
            GoOnFromEpochEnd(highest, first.Judged, effects);
        }
        else if (_ending is not null)
        {
            BecomeHolding(effects);
        }
        else
        {
            effects.SendToAllSlices(_plan, new AllowSteps(_generation, _barrier));
        }
    }

    private void OpenFirstLedger(SliceStatus first, IList<Effect> effects)
    {
        if (first.Version < _plan.TotalSteps)
        {
            OpenLedger(first.Version, first.Assignment!, effects);
        }
    }

    /// <summary>A generation above this coordinator's was heard of. One that a later coordinator
    /// raised deposes this one. One of an earlier coordinator is a late word, or of slices that
    /// have all been lost since: this one raises its own above it, for the others to listen.
    /// </summary>
    private void OnHigherGeneration(Generation generation, IList<Effect> effects)
    {
        _highest = Max(_highest, generation);
        if (generation.Coordinator > _options.Number)
        {
            Enter(Phase.Deposed);
            CloseLedgers();
            effects.Add(new StandDown(generation));
        }
        else if (_phase is Phase.Adopting or > Phase.Gathering)
        {
            BecomeAsking(effects);
        }
    }

    private void OnGenerationHeard(GenerationHeard message, IList<Effect> effects)
    {
        if (message.Generation > _generation)
        {
            OnHigherGeneration(message.Generation, effects);
        }
        else
        {
            effects.Refuse(message, "not a newer generation");
        }
    }

    private void RaiseGeneration() =>
        _generation = Max(_generation, _highest).NextBy(_options.Number);

    private static Generation Max(Generation a, Generation b) => a > b ? a : b;
}
