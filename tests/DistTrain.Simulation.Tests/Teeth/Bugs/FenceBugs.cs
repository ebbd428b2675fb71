using DistTrain.Protocol;

namespace DistTrain.Simulation.Tests;

/// <summary>A slice obeys orders of an older generation.</summary>
internal sealed class ObeysOldOrders(IRole inner) : BrokenSlice(inner)
{
    public override void Handle(object message, IList<Effect> effects)
    {
        bool isOld = GenerationOf.Of(message) < Newest;
        Feed(isOld ? Renewed(message) : message, effects);
    }

    private object Renewed(object message) => message switch
    {
        AllowSteps m => m with { Generation = Newest },
        HoldSteps m => m with { Generation = Newest },
        MeetAt m => m with { Generation = Newest },
        SetAssignment m => m with { Generation = Newest },
        TakeSnapshot m => m with { Generation = Newest },
        SnapshotDone m => m with { Generation = Newest },
        KeepBest m => m with { Generation = Newest },
        JudgeEpoch m => m with { Generation = Newest },
        AbandonEvaluation m => m with { Generation = Newest },
        _ => message,
    };
}

/// <summary>A coordinator does not look at the generations of those before it.</summary>
internal sealed class TakesOverTooLow(IRole inner, int number) : BrokenRole(inner)
{
    public override void Handle(object message, IList<Effect> effects)
    {
        switch (message)
        {
            case GenerationHeard:
                effects.Add(new Refused(nameof(GenerationHeard), "not looked at"));
                break;
            case SliceStatus m when m.Generation.Coordinator < number:
                Feed(m with { Generation = default }, effects);
                break;
            default:
                Feed(message, effects);
                break;
        }
    }
}

/// <summary>A coordinator believes what slices answered to an older generation.</summary>
internal sealed class BelievesOldAnswers(IRole inner) : BrokenRole(inner)
{
    private Generation _own;

    public override void Handle(object message, IList<Effect> effects) => Feed(
        message switch
        {
            StepCompleted m when m.Generation < _own => m with { Generation = _own },
            EvaluationCompleted m when m.Generation < _own => m with { Generation = _own },
            _ => message,
        },
        effects);

    protected override void Out(Effect effect, IList<Effect> effects)
    {
        if (effect is SendToSlice e && GenerationOf.Of(e.Message) is { } generation)
        {
            _own = generation;
        }

        effects.Add(effect);
    }
}
