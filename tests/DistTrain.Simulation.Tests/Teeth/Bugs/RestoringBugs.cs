using DistTrain.Protocol;

namespace DistTrain.Simulation.Tests;

/// <summary>A slice that holds something keeps it when all are to be restored.</summary>
internal sealed class KeepsWhatItHolds(IRole inner) : BrokenSlice(inner)
{
    protected override void Out(Effect effect, IList<Effect> effects)
    {
        if (effect is LoadState { Source: not RestoreSource.Best } e && Published is { } held)
        {
            Feed(new StateLoaded(e.Generation, e.Version, held.Parameters), effects);
            return;
        }

        base.Out(effect, effects);
    }
}

/// <summary>What is held is published as the version restored, before that is loaded.</summary>
internal sealed class PublishesUnrestored(IRole inner) : BrokenSlice(inner)
{
    protected override void Out(Effect effect, IList<Effect> effects)
    {
        base.Out(effect, effects);
        if (effect is LoadState e && Published is { } held)
        {
            Feed(new StateLoaded(e.Generation, e.Version, held.Parameters), effects);
        }
    }
}

/// <summary>Steps are allowed with the order to restore, not when all slices have been.</summary>
internal sealed class AllowsTooEarly(IRole inner, RunPlan plan) : BrokenRole(inner)
{
    protected override void Out(Effect effect, IList<Effect> effects)
    {
        effects.Add(effect);
        if (effect is SendToSlice { Message: RestoreSlice m } e)
        {
            effects.Add(new SendToSlice(
                e.Slice, new AllowSteps(m.Generation, plan.NextEpochEnd(m.Version))));
        }
    }
}

/// <summary>What was allowed before a restore is allowed after it.</summary>
internal sealed class LimitSurvivesRestore(IRole inner) : BrokenSlice(inner)
{
    private long _allowed;

    public override void Handle(object message, IList<Effect> effects)
    {
        Feed(message, effects);
        if (message is AllowSteps allow)
        {
            _allowed = Math.Max(_allowed, allow.Version);
        }
        else if (message is StateLoaded loaded && _allowed > loaded.Version)
        {
            Feed(new AllowSteps(Newest, _allowed), effects);
        }
    }
}

/// <summary>What the diary loaded says of the epoch that ended there is not looked at.</summary>
internal sealed class JudgesTwice(IRole inner) : BrokenSlice(inner)
{
    public override void Handle(object message, IList<Effect> effects) => Feed(
        message is StateLoaded m ? m with { Verdict = EpochVerdict.Open } : message, effects);
}
