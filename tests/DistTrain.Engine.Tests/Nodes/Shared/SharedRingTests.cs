using System.Runtime.InteropServices;

namespace DistTrain.Engine.Tests;

public sealed unsafe class SharedRingTests : IDisposable
{
    private const int Written = 0;
    private const int Read = 16; // in units of 8 bytes: the next line but one

    private readonly long* _memory;
    private readonly SharedRing _writer;
    private readonly SharedRing _reader;

    public SharedRingTests()
    {
        _memory = (long*)NativeMemory.AlignedAlloc(SharedRing.TotalBytes, 64);
        NativeMemory.Clear(_memory, SharedRing.TotalBytes);
        _writer = new SharedRing((byte*)_memory);
        _reader = new SharedRing((byte*)_memory);
    }

    public void Dispose() => NativeMemory.AlignedFree(_memory);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void What_is_written_is_read_in_order_across_the_end_of_the_memory(int seed)
    {
        var random = new Random(seed);
        var expected = new Queue<byte>();
        byte[] bytes = new byte[(int)(SharedRing.Capacity * 0.7)];
        for (int turn = 0; turn < 30; turn++)
        {
            int count = random.Next(bytes.Length);
            random.NextBytes(bytes.AsSpan(0, count));
            int written = _writer.Write(bytes.AsSpan(0, count));
            written.ShouldBe(Math.Min(count, SharedRing.Capacity - expected.Count));
            foreach (byte value in bytes.AsSpan(0, written))
            {
                expected.Enqueue(value);
            }

            byte[] came = new byte[random.Next(bytes.Length)];
            int read = _reader.Read(came);
            read.ShouldBe(Math.Min(came.Length, expected.Count));
            came.AsSpan(0, read).SequenceEqual(
                [.. Enumerable.Range(0, read).Select(_ => expected.Dequeue())]).ShouldBeTrue();
        }
    }

    [Fact]
    public void An_empty_one_gives_nothing_and_a_full_one_takes_nothing()
    {
        byte[] one = [7];
        _reader.HasBytes.ShouldBeFalse();
        _reader.Read(one).ShouldBe(0);

        _writer.Write(new byte[SharedRing.Capacity + 1]).ShouldBe(SharedRing.Capacity);
        _writer.HasRoom.ShouldBeFalse();
        _writer.Write(one).ShouldBe(0);
        _reader.Read(one).ShouldBe(1);
        _writer.HasRoom.ShouldBeTrue();
        _writer.Write([1, 2]).ShouldBe(1);
    }

    [Fact]
    public void Two_threads_hand_on_all_bytes_and_neither_sleeps_for_ever()
    {
        const int Total = 64 << 20;
        using var bytesCame = new AutoResetEvent(false);
        using var roomCame = new AutoResetEvent(false);
        byte[] sent = new byte[Total];
        new Random(4).NextBytes(sent);
        var writing = new Thread(() => WriteAll(sent, bytesCame, roomCame));
        writing.Start();

        byte[] came = new byte[Total];
        for (int at = 0; at < Total;)
        {
            int bytes = _reader.Read(came.AsSpan(at, Math.Min(70_001, Total - at)));
            at += bytes;
            if (bytes > 0)
            {
                if (_reader.TakeWriterWaits())
                {
                    roomCame.Set();
                }

                continue;
            }

            _reader.AwaitBytes();
            if (!_reader.HasBytes)
            {
                bytesCame.WaitOne(TimeSpan.FromSeconds(30)).ShouldBeTrue($"at {at}");
            }
        }

        writing.Join();
        came.AsSpan().SequenceEqual(sent).ShouldBeTrue();
    }

    [Fact]
    public void A_wait_is_told_once()
    {
        _writer.TakeReaderWaits().ShouldBeFalse();
        _reader.AwaitBytes();
        _writer.TakeReaderWaits().ShouldBeTrue();
        _writer.TakeReaderWaits().ShouldBeFalse();

        _reader.TakeWriterWaits().ShouldBeFalse();
        _writer.AwaitRoom();
        _reader.TakeWriterWaits().ShouldBeTrue();
        _reader.TakeWriterWaits().ShouldBeFalse();
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(SharedRing.Capacity + 1)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public void Counts_that_cannot_be_are_not_believed(long count)
    {
        _memory[Written] = count;
        Should.Throw<IOException>(() => _reader.Read(new byte[1]));
        Should.Throw<IOException>(() => _reader.HasBytes);

        _memory[Read] = unchecked(-count);
        Should.Throw<IOException>(() => _writer.Write([1]));
        Should.Throw<IOException>(() => _writer.HasRoom);
    }

    private void WriteAll(byte[] sent, AutoResetEvent bytesCame, AutoResetEvent roomCame)
    {
        for (int at = 0; at < sent.Length;)
        {
            int bytes = _writer.Write(sent.AsSpan(at, Math.Min(130_003, sent.Length - at)));
            at += bytes;
            if (_writer.TakeReaderWaits())
            {
                bytesCame.Set();
            }

            if (bytes == 0)
            {
                _writer.AwaitRoom();
                if (!_writer.HasRoom)
                {
                    roomCame.WaitOne(TimeSpan.FromSeconds(30)).ShouldBeTrue($"at {at}");
                }
            }
        }
    }
}
