using DistTrain.Protocol;

namespace DistTrain.Simulation.Tests;

/// <summary>
/// One of the product's roles with one thing wrong: it changes what goes in or what comes out.
/// By itself it changes nothing.
/// </summary>
internal class BrokenRole(IRole inner) : IRole
{
    public virtual void Handle(object message, IList<Effect> effects) => Feed(message, effects);

    public virtual void Tick(IList<Effect> effects)
    {
        var own = new List<Effect>();
        inner.Tick(own);
        PassOn(own, effects);
    }

    /// <summary>To the role inside, and what it answers through <see cref="Out"/>.</summary>
    protected void Feed(object message, IList<Effect> effects)
    {
        var own = new List<Effect>();
        inner.Handle(message, own);
        PassOn(own, effects);
    }

    /// <summary>Passes one effect on, or does not.</summary>
    protected virtual void Out(Effect effect, IList<Effect> effects) => effects.Add(effect);

    private void PassOn(List<Effect> own, IList<Effect> effects)
    {
        foreach (Effect effect in own)
        {
            Out(effect, effects);
        }
    }
}
