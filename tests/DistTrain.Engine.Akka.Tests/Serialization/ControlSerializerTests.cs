using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Remote;
using Akka.Serialization;
using Akka.TestKit.Xunit2;
using Hyperion.Internal;

namespace DistTrain.Engine.Akka.Tests;

public sealed class ControlSerializerTests : TestKit
{
    private static readonly object[] Refused =
    [
        new Contraband("x"),
        new ForeignControlMessage("x"),
        new Version(1, 2, 3),
        new List<OpenLane> { new(1) },
        new Dictionary<string, int> { ["x"] = 1 },
        new OpenLane[] { new(1) },
        new object[] { new OpenLane(1) },
        new[] { "x" },
        "x",
        42L,
        Guid.Empty,
        typeof(OpenLane),
    ];

    public ControlSerializerTests()
        : base(LoopbackNode.Start())
    {
    }

    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, Refused.Length)];

    private ControlSerializer Serializer =>
        (ControlSerializer)Sys.Serialization.FindSerializerForType(typeof(OpenLane));

    private HyperionSerializer Unfiltered { get => field ??= new HyperionSerializer(System()); }

    [Fact]
    public void A_control_message_comes_as_it_went()
    {
        ControlMessage[] messages = [new OpenLane(long.MaxValue), new LaneProbed(1, 2)];
        foreach (ControlMessage message in messages)
        {
            Serializer.FromBinary(Serializer.ToBinary(message), typeof(object)).ShouldBe(message);
        }
    }

    [Fact]
    public void It_is_the_same_without_settings()
    {
        var serializer = new ControlSerializer(System());
        var message = new OpenLane(3);
        serializer.FromBinary(serializer.ToBinary(message), typeof(object)).ShouldBe(message);
        Should.Throw<SerializationException>(() => serializer.ToBinary(Refused[0]));
        Should.Throw<SerializationException>(
            () => serializer.FromBinary(Unfiltered.ToBinary(Refused[0]), typeof(object)));
    }

    [Fact]
    public void The_configuration_cannot_open_the_filter()
    {
        Config config = ConfigurationFactory.ParseString("""
            disallow-unsafe-type = false
            allowed-types = []
            """);
        var serializer = new ControlSerializer(System(), config);
        serializer.Settings.DisallowUnsafeType.ShouldBeTrue();
        Should.Throw<SerializationException>(
            () => serializer.FromBinary(Unfiltered.ToBinary(Refused[0]), typeof(object)));
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Nothing_else_is_written(int number) =>
        Should.Throw<SerializationException>(() => Serializer.ToBinary(Refused[number]));

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Nothing_else_is_read(int number) =>
        Should.Throw<SerializationException>(() => Serializer.FromBinary(
            Unfiltered.ToBinary(Refused[number]), typeof(object)));

    /// <summary>The first of those that are refused are objects: making one might do harm.
    /// </summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Objects_of_other_types_are_not_even_made(int number) =>
        Should.Throw<SerializationException>(() => Serializer.FromBinary(
            Unfiltered.ToBinary(Refused[number]), typeof(object)))
            .InnerException.ShouldBeOfType<UserEvilDeserializationException>();

    [Fact]
    public void Bytes_of_no_message_are_refused()
    {
        byte[] whole = Serializer.ToBinary(new OpenLane(3));
        for (int length = 0; length < whole.Length; length++)
        {
            Should.Throw<SerializationException>(
                () => Serializer.FromBinary(whole[..length], typeof(object)), $"{length} bytes");
        }
    }

    [Fact]
    public void What_is_smuggled_between_nodes_is_refused_and_the_connection_lives()
    {
        using ActorSystem evil = LoopbackNode.Start(more: """
            akka.actor {
              serializers.disttrain-control =
                "DistTrain.Engine.Akka.Tests.Smuggler, DistTrain.Engine.Akka.Tests"
              serialization-bindings."System.Object" = disttrain-control
              serialization-bindings."System.String" = disttrain-control
              serialization-bindings."System.Int64" = disttrain-control
            }
            """);
        var broken = CreateTestProbe();
        Sys.EventStream.Subscribe(broken, typeof(DisassociatedEvent));
        Sys.EventStream.Subscribe(broken, typeof(AssociationErrorEvent));
        Sys.ActorOf(Props.Create<Ear>(TestActor), "ear");
        ActorSelection ear = evil.ActorSelection(
            new RootActorPath(LoopbackNode.AddressOf(Sys)) / "user" / "ear");
        ear.Tell(new OpenLane(1));
        ExpectMsg(new OpenLane(1), LoopbackNode.Patience);

        foreach (object refused in Refused)
        {
            ear.Tell(refused);
        }

        ear.Tell(new OpenLane(2));
        ExpectMsg(new OpenLane(2), LoopbackNode.Patience);
        broken.HasMessages.ShouldBeFalse();
    }

    private ExtendedActorSystem System() => (ExtendedActorSystem)Sys;
}
