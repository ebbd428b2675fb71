using DistTrain.Protocol;

namespace DistTrain.Simulation;

/// <summary>
/// No role acts on a control message of an older generation than one that it has acted in: it
/// refuses it by name, and at most says how it is. To say nothing is to believe it. And no slice
/// takes a contribution that was not computed on the state that it was restored to.
/// </summary>
internal sealed class FenceCheck : Observer
{
    private readonly Dictionary<RoleHost, Generation> _newest = [];
    private readonly Dictionary<RoleHost, Generation> _restored = [];

    public override void OnHandled(
        long time, RoleHost role, object? message, IReadOnlyList<Effect> effects)
    {
        Generation own = _newest.GetValueOrDefault(role);
        if (message is not null && !IsNews(message)
            && GenerationOf.Of(message) is { } generation && generation < own)
        {
            RequireRefusal(role, message, generation, own, effects);
        }

        if (message is Contribution { Basis.Generation: var basis }
            && (basis < _restored.GetValueOrDefault(role) || basis > own))
        {
            RequireRefusal(role, message, basis, own, effects);
        }

        for (int i = 0; i < effects.Count; i++)
        {
            if (effects[i] is LoadState load)
            {
                _restored[role] = load.Generation;
            }

            // To say that a generation was heard of is not to act in it.
            object said = Inside(effects[i]);
            if (said is not GenerationHeard && GenerationOf.Of(said) is { } acted && acted > own)
            {
                own = acted;
            }
        }

        // A worker's gradients carry none; it acts in what it took up.
        if (message is ParametersPublished published && published.Generation > own)
        {
            own = published.Generation;
        }

        _newest[role] = own;
    }

    /// <summary>No order and no answer to one: how a slice is, and what came of a role's own
    /// effect, begun before the generation rose; or data that is the same bits in any.</summary>
    private static bool IsNews(object message) => message is SliceStatus or GenerationHeard
        or NormPartials or RequestNorms
        or StateLoaded or LoadFailed or GradientCombined or UpdateApplied or UpdateFailed
        or EvaluationComputed or EvaluationReduced or CheckpointSaved or CheckpointFailed;

    private static void RequireRefusal(
        RoleHost role, object message, Generation generation, Generation own,
        IReadOnlyList<Effect> effects)
    {
        if (!effects.Any(e => e is Refused))
        {
            throw new CheckFailedException(
                "fence", $"{role.Address} is in {own} and does not refuse "
                + $"{message.GetType().Name} of {generation}");
        }

        for (int i = 0; i < effects.Count; i++)
        {
            bool isAnswer = effects[i] is Refused
                or SendToCoordinator { Message: SliceStatus or GenerationHeard };
            if (!isAnswer)
            {
                throw new CheckFailedException(
                    "fence", $"{role.Address} is in {own} and answers {message.GetType().Name} of "
                    + $"{generation} by {effects[i].GetType().Name}");
            }
        }
    }

    private static object Inside(Effect effect) => effect switch
    {
        SendToCoordinator e => e.Message,
        SendToSlice e => e.Message,
        SendToWorker e => e.Message,
        SendToAllWorkers e => e.Message,
        _ => effect,
    };
}
