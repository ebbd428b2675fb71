using DistTrain.Protocol;

namespace DistTrain.Simulation;

/// <summary>
/// Within a generation versions go up one by one, all slices are restored to one version, and
/// from then on none is more than one version from another.
/// </summary>
internal sealed class VersionCheck(RunPlan plan) : Observer
{
    private const string Name = "versions";

    private readonly Dictionary<RoleHost, (Generation Generation, long Version)> _published = [];
    private readonly Dictionary<Generation, (RestoreSource Source, long Version)> _restored = [];
    private readonly Dictionary<RoleHost, Generation> _restoredIn = [];

    // Of the slices of one restore, which later coordinators may have adopted.
    private readonly Dictionary<Generation, long?[]> _bySlice = [];

    public override void OnHandled(
        long time, RoleHost role, object? message, IReadOnlyList<Effect> effects)
    {
        // A slice that a new coordinator adopts publishes its last two versions once more: only
        // the second one is where it is.
        long?[]? versions = null;
        for (int i = 0; i < effects.Count; i++)
        {
            switch (effects[i])
            {
                case SendToAllWorkers { Message: ParametersPublished m }:
                    versions = Published(role, m);
                    break;
                case LoadState e: Loading(role, e); break;
            }
        }

        if (versions is not null && versions.Max() - versions.Min() > 1)
        {
            throw new CheckFailedException(
                Name, $"slices are at {string.Join(", ", versions)}, {role.Address} newly");
        }
    }

    private long?[] Published(RoleHost role, ParametersPublished message)
    {
        Generation generation = message.Generation;
        if (_published.TryGetValue(role, out (Generation Generation, long Version) last)
            && last.Generation == generation
            && message.Version != last.Version && message.Version != last.Version + 1)
        {
            throw new CheckFailedException(
                Name, $"{role.Address} publishes {message.Version} after {last.Version} in "
                + generation);
        }

        _published[role] = (generation, message.Version);
        Generation restored = _restoredIn.GetValueOrDefault(role);
        if (!_bySlice.TryGetValue(restored, out long?[]? versions))
        {
            _bySlice[restored] = versions = new long?[plan.Slices];
        }

        versions[message.Slice.Value] = message.Version;
        return versions;
    }

    private void Loading(RoleHost role, LoadState load)
    {
        _restoredIn[role] = load.Generation;
        if (!_restored.TryAdd(load.Generation, (load.Source, load.Version))
            && _restored[load.Generation] != (load.Source, load.Version))
        {
            throw new CheckFailedException(
                Name, $"{role.Address} is restored to {load.Source} {load.Version}, another slice "
                + $"to {_restored[load.Generation]} in the same {load.Generation}");
        }
    }
}
