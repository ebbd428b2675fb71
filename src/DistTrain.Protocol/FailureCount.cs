namespace DistTrain.Protocol;

/// <summary>How often computing has thrown, by step.</summary>
internal sealed class FailureCount
{
    /// <summary>The run stops with a checkpoint at this many on one step.</summary>
    public const int Limit = 3;

    /// <summary>It ends without, if so many keep the slices from meeting for it.</summary>
    public const int LastLimit = 2 * Limit;

    private readonly Dictionary<long, int> _byStep = [];

    public int Add(long step) =>
        _byStep[step] = _byStep.GetValueOrDefault(step) + 1;

    /// <summary>Steps before this one are done, whoever failed in them.</summary>
    public void ForgetBefore(long step)
    {
        if (_byStep.Count == 0)
        {
            return;
        }

        foreach (long past in _byStep.Keys.Where(s => s < step).ToList())
        {
            _byStep.Remove(past);
        }
    }
}
