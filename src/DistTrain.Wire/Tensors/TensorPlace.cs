using System.Buffers.Binary;

namespace DistTrain.Wire;

/// <summary>Where a tensor stands in memory that another process of this machine can map: it is
/// sent instead of the tensor's bytes.</summary>
/// <param name="Process">Id of the process that made the memory.</param>
/// <param name="File">The descriptor by which that process has it open.</param>
/// <param name="Key">What the memory begins with, drawn at random: another file is noticed.</param>
/// <param name="Offset">Bytes before the tensor, behind the memory's head.</param>
/// <param name="Borrower">By which number the receiver gives it back.</param>
public readonly record struct TensorPlace(
    int Process, int File, UInt128 Key, long Offset, int Borrower)
{
    public const int Bytes = 36;

    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteInt32LittleEndian(bytes, Process);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], File);
        BinaryPrimitives.WriteUInt128LittleEndian(bytes[8..], Key);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[24..], Offset);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[32..], Borrower);
    }

    /// <summary>What <see cref="Write"/> wrote; nothing is checked.</summary>
    public static TensorPlace Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadInt32LittleEndian(bytes),
        BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]),
        BinaryPrimitives.ReadUInt128LittleEndian(bytes[8..]),
        BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]),
        BinaryPrimitives.ReadInt32LittleEndian(bytes[32..]));
}
