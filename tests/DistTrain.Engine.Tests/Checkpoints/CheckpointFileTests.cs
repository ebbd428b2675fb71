using System.Buffers.Binary;
using System.Security.Cryptography;

namespace DistTrain.Engine.Tests;

public sealed class CheckpointFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string File => _folder.File("tiny.dtm");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_written_is_read_bit_for_bit()
    {
        Checkpoint written = Examples.Tiny();
        CheckpointFile.Write(File, written);

        Checkpoint read = CheckpointFile.Read(File);

        Bits(read.Parameters).ShouldBe(Bits(written.Parameters));
        Bits(read.FirstMoment).ShouldBe(Bits(written.FirstMoment));
        Bits(read.SecondMoment).ShouldBe(Bits(written.SecondMoment));
        read.Best!.Version.ShouldBe(5);
        Bits(read.Best.Parameters).ShouldBe(Bits(written.Best!.Parameters));
        read.Scaling.Mean.ShouldBe(written.Scaling.Mean);
        read.Scaling.Deviation.ShouldBe(written.Scaling.Deviation);
        read.Scaling.Kind.ShouldBe(written.Scaling.Kind);
        read.RecipeJson.ShouldBe(written.RecipeJson);
        read.Data.ShouldBe(written.Data);
        read.Run.ShouldBe(written.Run);
        read.Stopping.ShouldBe(written.Stopping);
        read.History.Epochs.ShouldBe(written.History.Epochs);
        read.History.Running.ShouldBe(written.History.Running);
        read.ProgramVersion.ShouldBe(written.ProgramVersion);
        (read.Version, read.Epoch, read.StepInEpoch).ShouldBe((7, 1, 2));
        read.CanContinue.ShouldBeTrue();
    }

    [Fact]
    public void The_same_state_gives_the_same_file()
    {
        CheckpointFile.Write(File, Examples.Tiny());
        byte[] first = System.IO.File.ReadAllBytes(File);
        CheckpointFile.Write(File, CheckpointFile.Read(File));

        System.IO.File.ReadAllBytes(File).ShouldBe(first);
    }

    [Fact]
    public void Every_flipped_byte_is_noticed()
    {
        CheckpointFile.Write(File, Examples.Tiny());
        byte[] good = System.IO.File.ReadAllBytes(File);
        for (int i = 0; i < good.Length; i++)
        {
            byte[] bad = [.. good];
            bad[i] ^= (byte)(1 << (i % 8));
            ExpectRefusal(bad, $"byte {i}");
        }
    }

    [Fact]
    public void A_file_cut_anywhere_is_noticed()
    {
        CheckpointFile.Write(File, Examples.Tiny());
        byte[] good = System.IO.File.ReadAllBytes(File);
        for (int length = 0; length < good.Length; length++)
        {
            ExpectRefusal(good[..length], $"cut at {length}");
        }
    }

    [Fact]
    public void A_byte_too_many_is_noticed()
    {
        CheckpointFile.Write(File, Examples.Tiny());

        ExpectRefusal([.. System.IO.File.ReadAllBytes(File), 0], "one more");
    }

    [Fact]
    public void A_newer_format_is_refused_by_name()
    {
        string message = RefusalOfForgery(bytes =>
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(DtmLayout.VersionAt), 2));

        message.ShouldContain("format 2, newer");
        message.ShouldContain("update");
    }

    [Theory]
    [InlineData(DtmLayout.SectionsAt, int.MaxValue)]
    [InlineData(DtmLayout.SectionsAt, -1)]
    [InlineData(DtmLayout.TableAt + DtmLayout.NameBytes, 1)]
    [InlineData(DtmLayout.TableAt + DtmLayout.NameBytes + 8, int.MaxValue)]
    [InlineData(DtmLayout.TableAt + DtmLayout.NameBytes + 12, int.MaxValue)]
    [InlineData(DtmLayout.TableAt + DtmLayout.NameBytes + 12, -1)]
    [InlineData(DtmLayout.TableAt, 0)]
    public void Lengths_that_lie_are_refused_before_memory_is_taken(int at, int value)
    {
        // The checksum is made right again, so only the checks of the table stand in the way.
        long before = GC.GetAllocatedBytesForCurrentThread();
        RefusalOfForgery(bytes =>
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), value));

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(8 << 20);
    }

    [Fact]
    public void Another_kind_of_file_is_called_that()
    {
        System.IO.File.WriteAllText(File, "{ \"a\": 1 } and so on, as long as a header");

        Should.Throw<CheckpointException>(() => CheckpointFile.Read(File))
            .Message.ShouldContain("not a DistTrain file");
    }

    [Fact]
    public void A_missing_file_is_called_missing()
    {
        var e = Should.Throw<CheckpointException>(() => CheckpointFile.Read(File));

        e.Message.ShouldStartWith(File);
        e.Message.ShouldContain("does not exist");
    }

    private static uint[] Bits(float[] values) =>
        [.. values.Select(BitConverter.SingleToUInt32Bits)];

    private void ExpectRefusal(byte[] bytes, string what)
    {
        System.IO.File.WriteAllBytes(File, bytes);
        try
        {
            CheckpointFile.Read(File);
        }
        catch (CheckpointException e)
        {
            e.Message.ShouldStartWith(File);
            return;
        }

        Assert.Fail($"{what} was not noticed");
    }

    private string RefusalOfForgery(Action<byte[]> forge)
    {
        CheckpointFile.Write(File, Examples.Tiny());
        byte[] bytes = System.IO.File.ReadAllBytes(File);
        forge(bytes);
        SHA256.HashData(bytes.AsSpan(..^DtmLayout.ChecksumBytes))
            .CopyTo(bytes.AsSpan(bytes.Length - DtmLayout.ChecksumBytes));
        System.IO.File.WriteAllBytes(File, bytes);
        return Should.Throw<CheckpointException>(() => CheckpointFile.Read(File)).Message;
    }
}
