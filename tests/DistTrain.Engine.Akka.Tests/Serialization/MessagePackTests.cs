using System.Collections.Immutable;
using Akka.Actor;
using DistTrain.Protocol;
using DistTrain.Wire;
using Pack = MessagePack;

namespace DistTrain.Engine.Akka.Tests;

/// <summary>The bytes are MessagePack in the eyes of the package that is known by that name, both
/// ways.</summary>
public sealed class MessagePackTests : IDisposable
{
    private static readonly RunId Run =
        new(Guid.Parse("00112233-4455-6677-8899-aabbccddeeff", null));

    private readonly ActorSystem _system = LoopbackNode.Start();
    private readonly ProtocolSerializer _serializer;

    public MessagePackTests() =>
        _serializer = new ProtocolSerializer((ExtendedActorSystem)_system);

    public void Dispose() => _system.Dispose();

    [Fact]
    public void The_package_reads_our_bytes()
    {
        Read(new AllowSteps(new Generation(3), 500)).ShouldBe("[21, [3, 0], 500]");
        Read(new StepCompleted(
            new Generation(1, 4), 7, new Assignment(2, [new WorkerId(0), new WorkerId(200)])))
            .ShouldBe("[5, [1, 4], 7, [2, [0, 200]]]");
        Read(new WorkerFailed(new WorkerId(3), long.MaxValue, "why, ß 水 😀"))
            .ShouldBe("[3, 3, 9223372036854775807, why, ß 水 😀]");
        Read(new RunEnded(Run, new Generation(int.MaxValue)))
            .ShouldBe("[55, 00112233445566778899aabbccddeeff, [2147483647, 0]]");
        Read(new Hello(NodeKind.Worker, "w", Run.Value, null, 2, "p"))
            .ShouldBe("[60, 1, w, 00112233445566778899aabbccddeeff, , 2, p]");
        Read(new SlicePlaces(1L << 40, ["", "host:1"])).ShouldBe("[63, 1099511627776, [, host:1]]");
        Read(new Farewell("", true)).ShouldBe("[72, , True]");
    }

    [Fact]
    public void The_package_reads_every_message_to_its_end()
    {
        foreach (MessageFormat format in MessageCodec.Formats.Where(format => !format.HasTensor))
        {
            for (int seed = 0; seed < 20; seed++)
            {
                byte[] bytes = _serializer.ToBinary(Samples.Message(format.Type, new Random(seed)));
                var reader = new Pack.MessagePackReader(bytes);
                reader.Skip();
                reader.End.ShouldBeTrue(format.Name);
            }
        }
    }

    [Fact]
    public void We_read_what_the_package_writes()
    {
        From(21, new object[] { 21, new object[] { 3, 0 }, 500L })
            .ShouldBe(new AllowSteps(new Generation(3), 500));
        From(3, new object[] { (byte)3, 3UL, long.MaxValue, "why, ß 水 😀" })
            .ShouldBe(new WorkerFailed(new WorkerId(3), long.MaxValue, "why, ß 水 😀"));
        From(72, new object[] { 72, "", true }).ShouldBe(new Farewell("", true));
        byte[] run = Convert.FromHexString("00112233445566778899aabbccddeeff");
        From(60, new object?[] { 60, 1, "w", run, null, 2, "p" })
            .ShouldBe(new Hello(NodeKind.Worker, "w", Run.Value, null, 2, "p"));
        var completed = (StepCompleted)From(
            5, new object[] { 5, new[] { 1, 4 }, 7, new object[] { 2, new[] { 0, 200 } } });
        completed.Generation.ShouldBe(new Generation(1, 4));
        completed.Assignment.Workers.ShouldBe(
            ImmutableArray.Create(new WorkerId(0), new WorkerId(200)));
    }

    private object From(int number, object?[] values) => _serializer.FromBinary(
        Pack.MessagePackSerializer.Serialize(
            values, Pack.Resolvers.ContractlessStandardResolver.Options),
        $"{number}");

    private string Read(object message) => Text(
        Pack.MessagePackSerializer.Deserialize<object>(
            _serializer.ToBinary(message), Pack.Resolvers.ContractlessStandardResolver.Options));

    private static string Text(object? value) => value switch
    {
        byte[] bytes => Convert.ToHexStringLower(bytes),
        object[] values => $"[{string.Join(", ", values.Select(Text))}]",
        _ => $"{value}",
    };
}
