namespace DistTrain.Engine.Akka;

/// <summary>From an actor's own timer: look again.</summary>
internal sealed record LookTick
{
    public static readonly LookTick Instance = new();
}
