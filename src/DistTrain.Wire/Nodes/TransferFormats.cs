namespace DistTrain.Wire;

/// <summary>What nodes hand to each other in pieces: data, copies for checkpoints, states.
/// </summary>
internal static class TransferFormats
{
    public static readonly MessageFormat[] All =
    [
        new MessageFormat<RequestData>(64, Role.Node, 2,
            (ref w, m) =>
            {
                w.WriteHash(m.Sha256);
                w.Write(m.Offset);
            },
            (ref r) => new(r.Hash(), r.Whole())),
        new MessageFormat<DataPart>(65, Role.Head, 4,
            (ref w, m) =>
            {
                w.WriteHash(m.Sha256);
                w.Write(m.Offset);
                w.Write(m.TotalBytes);
                w.WriteTensor();
            },
            (ref r) => new(r.Hash(), r.Whole(), r.Whole(), r.Tensor()))
        {
            IsBulk = true,
            Tensor = m => m.Bytes,
            Replace = (m, tensor) => m with { Bytes = tensor },
        },
        new MessageFormat<SnapshotPart>(66, Role.ParameterServer, 6,
            (ref w, m) =>
            {
                w.Write(m.Generation);
                w.Write(m.Version);
                w.Write(m.Slice);
                w.Write((long)m.Section);
                w.Write((long)m.Offset);
                w.WriteTensor();
            },
            (ref r) => new(
                r.Generation(), r.Whole(), r.Slice(), r.Number(), r.Number(), r.Tensor()))
        {
            IsBulk = true,
            Tensor = m => m.Values,
            Replace = (m, tensor) => m with { Values = tensor },
        },
        new MessageFormat<SnapshotEnd>(67, Role.ParameterServer, 4,
            (ref w, m) =>
            {
                w.Write(m.Generation);
                w.Write(m.Version);
                w.Write(m.Slice);
                w.Write(m.BestVersion);
            },
            (ref r) => new(r.Generation(), r.Whole(), r.Slice(), r.WholeOrNone()))
        {
            IsBulk = true,
        },
        new MessageFormat<RequestState>(68, Role.ParameterServer, 3,
            (ref w, m) =>
            {
                w.Write(m.Generation);
                w.Write(m.Slice);
                w.Write(m.Version);
            },
            (ref r) => new(r.Generation(), r.Slice(), r.Whole())),
        new MessageFormat<StatePart>(69, Role.Head, 6,
            (ref w, m) =>
            {
                w.Write(m.Generation);
                w.Write(m.Slice);
                w.Write(m.Version);
                w.Write((long)m.Section);
                w.Write((long)m.Offset);
                w.WriteTensor();
            },
            (ref r) => new(
                r.Generation(), r.Slice(), r.Whole(), r.Number(), r.Number(), r.Tensor()))
        {
            IsBulk = true,
            Tensor = m => m.Values,
            Replace = (m, tensor) => m with { Values = tensor },
        },
        new MessageFormat<StateEnd>(70, Role.Head, 5,
            (ref w, m) =>
            {
                w.Write(m.Generation);
                w.Write(m.Slice);
                w.Write(m.Version);
                w.Write(m.BestVersion);
                w.Write(m.Cause);
            },
            (ref r) => new(
                r.Generation(), r.Slice(), r.Whole(), r.WholeOrNone(), r.Text()))
        {
            IsBulk = true,
        },
        new MessageFormat<CheckpointPart>(76, Role.Head, 4,
            (ref w, m) =>
            {
                w.Write(m.Version);
                w.Write(m.Offset);
                w.Write(m.TotalBytes);
                w.WriteTensor();
            },
            (ref r) => new(r.Whole(), r.Whole(), r.Whole(), r.Tensor()))
        {
            IsBulk = true,
            Tensor = m => m.Bytes,
            Replace = (m, tensor) => m with { Bytes = tensor },
        },
        new MessageFormat<CheckpointKept>(77, Role.Head, 2,
            (ref w, m) =>
            {
                w.Write(m.Version);
                w.Write(m.Cause);
            },
            (ref r) => new(r.Whole(), r.Text())),
        new MessageFormat<RequestDiary>(79, Role.Head, 1,
            (ref w, m) => w.Write(m.Run),
            (ref r) => new(r.Run())),
        new MessageFormat<DiaryCopy>(80, Role.ParameterServer, 2,
            (ref w, m) =>
            {
                w.Write(m.Run);
                w.WriteTensor();
            },
            (ref r) => new(r.Run(), r.Tensor()))
        {
            IsBulk = true,
            Tensor = m => m.Diary,
            Replace = (m, tensor) => m with { Diary = tensor },
        },
    ];
}
