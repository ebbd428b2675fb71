using DistTrain.Protocol;

namespace DistTrain.Wire;

/// <summary>The longest message.</summary>
internal static class SliceStatusFormat
{
    public const int Fields = 16;

    public static void Write(ref FieldWriter writer, SliceStatus status)
    {
        writer.Write(status.Run);
        writer.Write(status.Slice);
        writer.Write(status.Incarnation);
        writer.Write(status.Number);
        writer.Write(status.Generation);
        writer.Write(status.Condition);
        writer.Write(status.Restored);
        writer.Write(status.Source);
        writer.Write(status.Version);
        writer.Write(status.Limit);
        writer.Write(status.IsHeld);
        writer.Write(status.BestVersion);
        writer.Write(status.SnapshotVersion);
        writer.Write((long)status.AssignmentNumber);
        writer.Write(status.Assignment);
        writer.Write(status.Judged);
    }

    public static SliceStatus Read(ref FieldReader reader) => new(
        reader.Run(),
        reader.Slice(),
        Incarnation: reader.Whole(),
        Number: reader.Whole(),
        reader.Generation(),
        reader.Condition(),
        Restored: reader.Generation(),
        reader.Source(),
        Version: reader.Whole(),
        Limit: reader.Whole(),
        IsHeld: reader.Flag(),
        BestVersion: reader.OptionalWhole(),
        SnapshotVersion: reader.WholeOrNone(),
        AssignmentNumber: reader.NumberOrNone(),
        reader.OptionalAssignment(),
        reader.OptionalJudgement());
}
