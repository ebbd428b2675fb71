using DistTrain.Protocol;

namespace DistTrain.Engine.Tcp;

/// <summary>Runs the slices of a node on its dispatcher.</summary>
internal static class SliceActors
{
    /// <summary>Up to so many parameters the receiving thread itself does what the slice has to:
    /// an update takes no longer than waking a thread for it.</summary>
    public const int SmallParameters = 1 << 18;

    /// <summary>The slice hears messages, and of time, from now on.</summary>
    public static SliceHost Start(
        SliceRole role, NodeSliceMemory memory, RoleContext context, Dispatcher dispatcher,
        Ticker ticker)
    {
        var actor = new RoleActor<ParameterServerMessage>(
            role, dispatcher, new Place(memory.Slice.Value),
            MailboxCapacity.OfSlice(context.Plan, TcpLimits.Nodes));
        ticker.Add(actor);
        return new SliceHost(
            role, actor.Post,
            memory.Length <= SmallParameters ? actor.PostAndRun : actor.Post,
            () => ticker.Remove(actor));
    }
}
