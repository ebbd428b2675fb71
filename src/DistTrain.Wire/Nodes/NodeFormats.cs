namespace DistTrain.Wire;

/// <summary>What nodes say of themselves and to each other.</summary>
internal static class NodeFormats
{
    public static readonly MessageFormat[] All =
    [
        new MessageFormat<Hello>(60, Role.Node, 6,
            (ref w, m) =>
            {
                w.Write(m.Kind);
                w.WriteName(m.Name);
                w.Write(m.Node);
                w.Write(m.Run);
                w.Write((long)m.Threads);
                w.WriteName(m.Program);
            },
            (ref r) => new(
                r.Kind(), r.Name(), r.NodeId(), r.OptionalRun(), r.Number(), r.Name())),
        new MessageFormat<Welcome>(61, Role.Head, 3,
            (ref w, m) =>
            {
                w.Write(m.Run);
                w.Write((long)m.Ordinal);
                w.WriteTensor();
            },
            (ref r) => new(r.Run(), r.Number(), r.Tensor()))
        {
            Tensor = m => m.Description,
            Replace = (m, tensor) => m with { Description = tensor },
        },
        new MessageFormat<TurnedAway>(62, Role.Node, 1,
            (ref w, m) => w.Write(m.Why),
            (ref r) => new(r.Text())),
        new MessageFormat<SlicePlaces>(63, Role.Head, 2,
            (ref w, m) =>
            {
                w.Write(m.Number);
                w.WriteAddresses(m.Addresses);
            },
            (ref r) => new(r.Whole(), r.Addresses())),
        new MessageFormat<ComputationFailed>(71, Role.Worker, 3,
            (ref w, m) =>
            {
                w.Write(m.Worker);
                w.Write(m.Step);
                w.Write(m.Cause);
            },
            (ref r) => new(r.Worker(), r.Whole(), r.Text())),
        new MessageFormat<Farewell>(72, Role.Node, 2,
            (ref w, m) =>
            {
                w.Write(m.Why);
                w.Write(m.IsDone);
            },
            (ref r) => new(r.Text(), r.Flag())),
        new MessageFormat<ProbeAnswer>(73, Role.Node, 3,
            (ref w, m) =>
            {
                w.Write(m.Run);
                w.Write(m.UnixMilliseconds);
                w.WriteName(m.Program);
            },
            (ref r) => new(r.OptionalRun(), r.Whole(), r.Name())),
        new MessageFormat<SliceHosted>(74, Role.ParameterServer, 2,
            (ref w, m) =>
            {
                w.Write(m.Slice);
                w.Write(m.Incarnation);
            },
            (ref r) => new(r.Slice(), r.Whole())),
        new MessageFormat<HostSlice>(75, Role.Head, 2,
            (ref w, m) =>
            {
                w.Write(m.Slice);
                w.Write(m.Incarnation);
            },
            (ref r) => new(r.Slice(), r.Whole())),
        new MessageFormat<NodeReady>(78, Role.Node, 2,
            (ref w, m) =>
            {
                w.Write((long)m.Ordinal);
                w.WriteName(m.Address);
            },
            (ref r) => new(r.Number(), r.Name())),
    ];
}
