using DistTrain.Protocol;

namespace DistTrain.Simulation.Tests;

/// <summary>A parameter server with one thing wrong; knows what it has published and in which
/// generations it is, as its own effects tell.</summary>
internal abstract class BrokenSlice(IRole inner) : BrokenRole(inner)
{
    /// <summary>Published last; null: nothing yet.</summary>
    protected ParametersPublished? Published { get; private set; }

    /// <summary>The newest generation taken up.</summary>
    protected Generation Newest { get; private set; }

    /// <summary>The generation in which the state was loaded.</summary>
    protected Generation Restored { get; private set; }

    protected override void Out(Effect effect, IList<Effect> effects)
    {
        switch (effect)
        {
            case SendToAllWorkers { Message: ParametersPublished m }: Published = m; break;
            case SendToCoordinator { Message: SliceStatus m }: Newest = m.Generation; break;
            case LoadState e: (Newest, Restored) = (e.Generation, e.Generation); break;
        }

        effects.Add(effect);
    }
}
