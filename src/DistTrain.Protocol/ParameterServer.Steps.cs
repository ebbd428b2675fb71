using System.Collections.Immutable;

namespace DistTrain.Protocol;

/// <summary>The path of a step: contributions, norms, the update.</summary>
public sealed partial class ParameterServer
{
    private void OnContribution(Contribution message, IList<Effect> effects)
    {
        ContributionTree? tree = _trees.Of(message.Step);
        if (message.Run != _run)
        {
            effects.Refuse(message, "another run");
        }
        else if (tree is null || message.Step >= _plan.TotalSteps)
        {
            effects.Refuse(message, message.Step < _version ? "step is past" : "no such step yet");
        }
        else if (_phase is Phase.Empty or Phase.Loading or Phase.AwaitingAssignment)
        {
            effects.Refuse(message, "nothing is published here");
        }
        else if (!IsOfUse(message.Step, message.Basis))
        {
            effects.Refuse(message, "not computed on this state");
        }
        else
        {
            switch (tree.Accept(message.Node, message.Gradient))
            {
                case Acceptance.NotANode:
                    effects.Refuse(message, "no node of this step's tree");
                    break;
                case Acceptance.AlreadyCovered:
                    effects.Refuse(message, "already covered");
                    break;
                case Acceptance.Accepted when message.Step == _version && tree.IsComplete:
                    OnRootComplete(effects);
                    break;
            }
        }
    }

    /// <summary>Of a version within the bound, and of this state: computed since it was restored.
    /// One of before would be the same bits where training is synchronous; but that who computes
    /// on a version has it of every slice, so that none is two ahead of another, is true of one
    /// restore only (docs/adr/0023-contributions-of-a-state.md). Stale ones have to be of the
    /// generation in force: under two coordinators at once a version of that number holds other
    /// parameters. Who takes up a generation publishes in it, and workers compute on that anew.
    /// </summary>
    private bool IsOfUse(long step, Basis basis) =>
        _plan.MayCompute(step, basis.Version)
        && basis.Generation <= _generation
        && basis.Generation >= (_plan.Staleness == 0 ? _restored : _generation);

    private void OnRootComplete(IList<Effect> effects)
    {
        _straggler.OnComplete();
        Proceed(effects);
    }

    private void OnGradientCombined(GradientCombined message, IList<Effect> effects)
    {
        bool isCombining = _phase == Phase.Combining;
        if (!IsUnderWay(message, isCombining, message.Generation, message.Step, effects))
        {
            return;
        }

        BecomeExchanging(message.Partials, effects);
    }

    private void BecomeExchanging(TensorHandle partials, IList<Effect> effects)
    {
        _phase = Phase.Exchanging;
        _normsRetry.Restart();
        bool isFirst = _norms.TryAdd(_slice, partials);
        Invariant.Holds(isFirst, "a slice combines a step once");
        _ownNormsBefore = _ownNorms;
        _ownNorms = new NormPartials(_run, _restored, _version, _slice, partials);
        for (int i = 0; i < _plan.Slices; i++)
        {
            if (i != _slice.Value)
            {
                effects.Add(new SendToSlice(new SliceId(i), _ownNorms));
            }
        }

        Proceed(effects);
    }

    private void OnNormPartials(NormPartials message, IList<Effect> effects)
    {
        bool isOfNext = _plan.Staleness > 0 && message.Step == _version + 1;
        if (message.Run != _run || message.Generation != _restored
            || (message.Step != _version && !isOfNext)
            || message.From.Value < 0 || message.From.Value >= _plan.Slices
            || message.From == _slice)
        {
            effects.Refuse(message, "not of this step");
        }
        else if (!(isOfNext
            ? _norms.TryAddOfNext(message.From, message.Partials)
            : _norms.TryAdd(message.From, message.Partials)))
        {
            effects.Refuse(message, "that slice's partials are there");
        }
        else
        {
            Proceed(effects);
        }
    }

    /// <summary>
    /// Goes one step further if it may. Nothing starts outside <c>AllowSteps</c>, not even the
    /// combining: its partial norms must not reach a slice that was not restored yet.
    /// </summary>
    private void Proceed(IList<Effect> effects)
    {
        if (_version >= _limit || !_trees.Current.IsComplete || !_orders.MayLeave(_version))
        {
            return;
        }

        if (_phase == Phase.Gathering && _plan.ClipsGlobalNorm)
        {
            _phase = Phase.Combining;
            _nodes = _trees.Current.InTreeOrder();
            effects.Add(new CombineGradient(_restored, _version, _nodes));
        }
        else if (_phase == Phase.Gathering)
        {
            _nodes = _trees.Current.InTreeOrder();
            if (_plan.SlicesMeetInEachStep)
            {
                BecomeExchanging(default, effects);
            }
            else
            {
                BecomeUpdating([], effects);
            }
        }
        else if (_phase == Phase.Exchanging && _norms.IsComplete)
        {
            BecomeUpdating(_plan.ClipsGlobalNorm ? _norms.BySlice() : [], effects);
        }
    }

    private void BecomeUpdating(
        ImmutableArray<TensorHandle> partials, IList<Effect> effects)
    {
        _phase = Phase.Updating;
        _publishedBefore = null;
        effects.Add(new ApplyUpdate(_restored, _version, _nodes, partials));
    }

    private void OnUpdateApplied(UpdateApplied message, IList<Effect> effects)
    {
        bool isUpdating = _phase == Phase.Updating;
        if (!IsUnderWay(message, isUpdating, message.Generation, message.Step, effects))
        {
            return;
        }

        _version++;
        Invariant.Holds(_version <= _limit, "no step is applied beyond the steps allowed");
        _parameters = message.Parameters;
        _trees.MoveOn();
        _norms.MoveOn();
        _straggler.Begin();
        Publish(effects);
        if (_trees.Current.IsComplete)
        {
            OnRootComplete(effects); // computed ahead
        }
    }

    private void OnUpdateFailed(UpdateFailed message, IList<Effect> effects)
    {
        bool isUpdating = _phase is Phase.Updating or Phase.Combining;
        if (IsUnderWay(message, isUpdating, message.Generation, message.Step, effects))
        {
            Fail(
                new UpdateRefused(_slice, _generation, _version, message.Cause, message.Kind),
                effects);
        }
    }

    private void OnEvaluationReduced(EvaluationReduced message, IList<Effect> effects)
    {
        if (message.Generation == _restored)
        {
            _evaluation.OnReduced(message, _generation, effects);
        }
        else
        {
            effects.Refuse(message, "of a state that is gone");
        }
    }
}
