using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Tcp;

/// <summary>Whether a message can be from the node that it came from: no node speaks for another.
/// </summary>
internal static class Senders
{
    public static bool IsHonest(Member member, CoordinatorMessage message) => message switch
    {
        WorkerLeaving m => member.Kind == NodeKind.Worker && m.Worker == member.Worker,
        GenerationHeard m => member.Kind == NodeKind.Worker && m.Worker == member.Worker,
        _ => member.Kind == NodeKind.ParameterServer,
    };

    /// <summary>Of the node of that kind and number.</summary>
    public static bool IsHonest(NodeKind kind, int ordinal, ParameterServerMessage message)
    {
        WorkerId? worker = message switch
        {
            Contribution m => m.From,
            EvaluationContribution m => m.From,
            RequestParameters m => m.Worker,
            _ => null,
        };
        return message is NormPartials or RequestNorms
            ? kind == NodeKind.ParameterServer
            : kind == NodeKind.Worker && worker == new WorkerId(ordinal);
    }

    /// <summary>The slice that a message to the coordinator is from; null where it does not say.
    /// </summary>
    public static SliceId? SliceOf(CoordinatorMessage message) => message switch
    {
        SliceStatus m => m.Slice,
        UpdateRefused m => m.Slice,
        StepStalled m => m.Slice,
        RestoreFailed m => m.Slice,

        // Slice 0 alone says these, and it is the head's.
        StepCompleted or EvaluationCompleted or EvaluationAbandoned => new SliceId(0),
        _ => null,
    };
}
