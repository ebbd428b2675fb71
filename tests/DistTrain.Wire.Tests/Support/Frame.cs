using System.Buffers.Binary;

namespace DistTrain.Wire.Tests;

/// <summary>Frames by hand, right or wrong, as docs/WIRE.md describes them.</summary>
internal static class Frame
{
    public static byte[] Header { get; } = [0x89, 0x44, 0x54, 0x57, 1, 0, 1, 0];

    public static byte[] Of(int kind, int stream, int length, long value, byte[] payload)
    {
        byte[] frame = new byte[16 + payload.Length];
        frame[0] = (byte)kind;
        frame[1] = (byte)stream;
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(4), length);
        BinaryPrimitives.WriteInt64LittleEndian(frame.AsSpan(8), value);
        payload.CopyTo(frame, 16);
        return frame;
    }

    public static byte[] Message(
        long number, string hex, WireStream stream = WireStream.Control)
    {
        byte[] payload = Convert.FromHexString(hex);
        return Of(1, (int)stream, payload.Length, number, payload);
    }
}
