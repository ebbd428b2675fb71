namespace DistTrain.Protocol;

internal static class EffectExtensions
{
    public static void Refuse(this IList<Effect> effects, object message, string why) =>
        effects.Add(new Refused(message.GetType().Name, why));

    public static void SendToAllSlices(
        this IList<Effect> effects, RunPlan plan, ParameterServerMessage message)
    {
        for (int i = 0; i < plan.Slices; i++)
        {
            effects.Add(new SendToSlice(new SliceId(i), message));
        }
    }
}
