using System.Globalization;
using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Akka.Tests;

public sealed class ProtocolSerializerTests : IDisposable
{
    private readonly ActorSystem _system = LoopbackNode.Start();
    private readonly ProtocolSerializer _serializer;

    public ProtocolSerializerTests() =>
        _serializer = new ProtocolSerializer((ExtendedActorSystem)_system);

    public static TheoryData<string> WithoutTensor => [.. Names(hasTensor: false)];

    public static TheoryData<string> WithTensor => [.. Names(hasTensor: true)];

    public void Dispose() => _system.Dispose();

    [Theory]
    [MemberData(nameof(WithoutTensor))]
    public void A_message_comes_as_it_went(string name)
    {
        MessageFormat format = Format(name);
        for (int seed = 0; seed < 100; seed++)
        {
            object message = Samples.Message(format.Type, new Random(seed));
            string manifest = _serializer.Manifest(message);
            manifest.ShouldBe(format.Number.ToString(CultureInfo.InvariantCulture));
            object read = _serializer.FromBinary(_serializer.ToBinary(message), manifest);
            Samples.Text(read).ShouldBe(Samples.Text(message), $"seed {seed}");
        }
    }

    [Theory]
    [MemberData(nameof(WithTensor))]
    public void A_message_that_carries_a_tensor_is_refused(string name)
    {
        object message = Samples.Message(Format(name).Type, new Random(1));
        Should.Throw<SerializationException>(() => _serializer.Manifest(message))
            .Message.ShouldBe($"{name} carries a tensor: it travels on a lane only");
        Should.Throw<SerializationException>(() => _serializer.ToBinary(message));
    }

    [Fact]
    public void A_tensor_that_comes_all_the_same_is_refused()
    {
        byte[] bytes = Convert.FromHexString(
            "99" + "1e" + "c41000112233445566778899aabbccddeeff" + "09" + "920408" + "05"
            + "01" + "920300" + "07" + "c402aabb" + "c408");
        Should.Throw<SerializationException>(() => _serializer.FromBinary(bytes, "30"))
            .Message.ShouldBe("Contribution carries a tensor: it travels on a lane only");
    }

    [Fact]
    public void A_message_that_never_travels_is_refused()
    {
        Should.Throw<SerializationException>(() => _serializer.ToBinary(new StopRequested()));
        Should.Throw<SerializationException>(() => _serializer.Manifest("text"));
    }

    [Theory]
    [InlineData("93" + "15" + "920300" + "cd01f4", "22", "message 21 where 22 is announced")]
    [InlineData("93" + "15" + "920300" + "cd01f4", "021", "message 21 where 021 is announced")]
    [InlineData("93" + "15" + "920300" + "cd01f4", "", "message 21 where  is announced")]
    [InlineData("93" + "15" + "920300" + "cd01f4", "Newtonsoft", "message 21 where")]
    [InlineData("9163", "99", "no message that travels has the number 99")]
    [InlineData("93" + "15" + "92ff00" + "01", "21", "AllowSteps: -1 is out of range")]
    [InlineData("93" + "15" + "9203", "21", "message 21: ")]
    [InlineData("", "21", "message 21: ")]
    [InlineData("010000", "C", "a lane's number that is none")]
    [InlineData("00000000", "C", "a lane's number that is none")]
    [InlineData("ffffffff", "C", "a lane's number that is none")]
    [InlineData("ffffffff", "S", "a lane's number that is none")]
    public void Bytes_that_are_no_such_message_are_refused(
        string hex, string manifest, string why) =>
        Should.Throw<SerializationException>(
            () => _serializer.FromBinary(Convert.FromHexString(hex), manifest))
            .Message.ShouldContain(why);

    [Fact]
    public void Random_bytes_are_refused()
    {
        var random = new Random(1);
        foreach (MessageFormat format in MessageCodec.Formats)
        {
            for (int i = 0; i < 200; i++)
            {
                byte[] bytes = new byte[random.Next(40)];
                random.NextBytes(bytes);
                string manifest = format.Number.ToString(CultureInfo.InvariantCulture);
                Should.Throw<SerializationException>(
                    () => _serializer.FromBinary(bytes, manifest));
            }
        }
    }

    [Fact]
    public void Frames_of_a_lane_are_not_copied()
    {
        byte[] bytes = [1, 2, 3];
        var frame = new LaneFrame(bytes);
        _serializer.ToBinary(frame).ShouldBeSameAs(bytes);
        ((LaneFrame)_serializer.FromBinary(bytes, _serializer.Manifest(frame)))
            .Bytes.ShouldBeSameAs(bytes);
    }

    [Fact]
    public void Numbers_of_a_lane_come_as_they_went()
    {
        foreach (object said in new object[] { new LaneCredit(70_000), new LaneShared(1 << 18) })
        {
            _serializer.FromBinary(_serializer.ToBinary(said), _serializer.Manifest(said))
                .ShouldBe(said);
        }
    }

    [Fact]
    public void Every_message_of_ours_is_bound_to_a_serializer_of_ours()
    {
        Type[] lanes = [typeof(LaneFrame), typeof(LaneCredit), typeof(LaneShared)];
        foreach (Type type in Samples.AllMessages.AddRange(lanes))
        {
            SerializerOf(type).ShouldBeOfType<ProtocolSerializer>(type.Name);
        }

        Type[] control = typeof(ControlMessage).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(ControlMessage))).ToArray();
        control.ShouldNotBeEmpty();
        control.ShouldAllBe(type => SerializerOf(type) is ControlSerializer);
    }

    private Serializer SerializerOf(Type type) => _system.Serialization.FindSerializerForType(type);

    private static MessageFormat Format(string name) =>
        MessageCodec.Formats.Single(format => format.Name == name);

    private static IEnumerable<string> Names(bool hasTensor) =>
        from format in MessageCodec.Formats where format.HasTensor == hasTensor select format.Name;
}
