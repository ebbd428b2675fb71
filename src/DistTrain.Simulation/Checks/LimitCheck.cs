using DistTrain.Protocol;

namespace DistTrain.Simulation;

/// <summary>
/// No slice applies a step that no coordinator allowed since the slice was restored, and none
/// leaves a checkpoint's version without a snapshot of it, unless that checkpoint is on disk or
/// was given up: the write failed, or a later one was ordered.
/// </summary>
internal sealed class LimitCheck(RunPlan plan) : Observer
{
    private const string Name = "limits";

    private sealed class SliceSeen
    {
        public Generation Restored { get; set; }

        /// <summary>The newest that it has acted in.</summary>
        public Generation Newest { get; set; }

        public long Base { get; set; } = -1;

        public long Snapshot { get; set; } = -1;

        /// <summary>The newest that it took an order for since it was restored; an epoch's end
        /// from this coordinator.</summary>
        public long Ordered { get; set; } = -1;
    }

    private readonly SortedDictionary<Generation, long> _allowed = [];
    private readonly Dictionary<RoleHost, SliceSeen> _slices = [];
    private readonly HashSet<long> _concluded = [];

    public override void OnHandled(
        long time, RoleHost role, object? message, IReadOnlyList<Effect> effects)
    {
        switch (message)
        {
            case CheckpointSaved m: _concluded.Add(m.Version); break;
            case CheckpointFailed m: _concluded.Add(m.Version); break;
            case TakeSnapshot m when !effects.Any(effect => effect is Refused):
                Of(role).Ordered = Math.Max(Of(role).Ordered, m.Version);
                break;
            case AdoptGeneration m when m.Generation > Of(role).Newest
                && plan.IsEpochEnd(Of(role).Ordered):
                Of(role).Ordered = -1;
                break;
        }

        for (int i = 0; i < effects.Count; i++)
        {
            switch (effects[i])
            {
                case SendToCoordinator { Message: SliceStatus m }:
                    Of(role).Newest = m.Generation;
                    break;
                case SendToSlice { Message: AllowSteps m }: Allow(m.Generation, m.Version); break;
                case SendToSlice { Message: MeetAt m }: Allow(m.Generation, m.Version); break;
                case LoadState e:
                    Of(role).Restored = e.Generation;
                    Of(role).Newest = e.Generation;
                    Of(role).Base = e.Version;
                    Of(role).Ordered = -1;
                    break;
                case SaveSnapshot e: Of(role).Snapshot = e.Version; break;
                case ApplyUpdate e: Applying(role, Of(role), e); break;
            }
        }
    }

    private SliceSeen Of(RoleHost role)
    {
        if (!_slices.TryGetValue(role, out SliceSeen? seen))
        {
            _slices[role] = seen = new SliceSeen();
        }

        return seen;
    }

    private void Allow(Generation generation, long version) =>
        _allowed[generation] = Math.Max(version, _allowed.GetValueOrDefault(generation));

    private void Applying(RoleHost role, SliceSeen slice, ApplyUpdate update)
    {
        long limit = -1;
        Generation newest =
            slice.Newest > update.Generation ? slice.Newest : update.Generation;
        foreach ((Generation generation, long version) in _allowed)
        {
            if (generation >= slice.Restored && generation <= newest)
            {
                limit = Math.Max(limit, version);
            }
        }

        if (update.Step >= limit)
        {
            throw new CheckFailedException(
                Name, $"{role.Address} applies step {update.Step}, allowed until {limit}");
        }

        if (plan.IsCheckpoint(update.Step) && !_concluded.Contains(update.Step)
            && slice.Base != update.Step && slice.Snapshot != update.Step
            && slice.Ordered <= update.Step)
        {
            throw new CheckFailedException(
                Name, $"{role.Address} leaves version {update.Step} without a snapshot");
        }
    }
}
