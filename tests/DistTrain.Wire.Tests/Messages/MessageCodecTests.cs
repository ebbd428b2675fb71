using System.Buffers;
using System.Collections.Immutable;
using DistTrain.Protocol;

namespace DistTrain.Wire.Tests;

public sealed class MessageCodecTests
{
    /// <summary>Results of a node's own engine, and what the coordinator's own engine or user tells
    /// it: from another node they would be lies.</summary>
    private static readonly ImmutableHashSet<Type> NeverTravels =
    [
        typeof(WorkerJoined), typeof(WorkerLost), typeof(SliceLost),
        typeof(CheckpointSaved), typeof(CheckpointFailed), typeof(StopRequested),
        typeof(StateLoaded), typeof(LoadFailed), typeof(GradientCombined), typeof(UpdateApplied),
        typeof(UpdateFailed), typeof(EvaluationReduced),
        typeof(GradientComputed), typeof(GradientDropped), typeof(EvaluationComputed),
    ];

    public static TheoryData<string> Names => [.. Samples.Travelling.Select(type => type.Name)];

    [Fact]
    public void Every_message_travels_or_is_known_not_to() =>
        Samples.Travelling.Concat(NeverTravels).Select(type => type.Name).Order()
            .ShouldBe(Samples.AllMessages.Select(type => type.Name).Order());

    [Theory]
    [MemberData(nameof(Names))]
    public void A_message_comes_as_it_went(string name)
    {
        Type type = Samples.Travelling.Single(type => type.Name == name);
        for (int seed = 0; seed < 200; seed++)
        {
            object message = Samples.Message(type, new Random(seed));
            object decoded = MessageCodec.Decode(Encoded.Bytes(message)).Message.ShouldNotBeNull();
            Samples.Text(decoded).ShouldBe(Samples.Text(message), $"seed {seed}");
        }
    }

    [Fact]
    public void A_message_on_the_wire_is_its_number_and_its_fields()
    {
        Hex(new AllowSteps(new Generation(3), 500)).ShouldBe("93" + "15" + "920300" + "cd01f4");
        Hex(new StepCompleted(new Generation(1, 4), 7, new Assignment(2, [new(0), new(200)])))
            .ShouldBe("94" + "05" + "920104" + "07" + "92" + "02" + "9200ccc8");
        var run = new RunId(Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"));
        var basis = new Basis(new Generation(3), 7);
        Hex(new Contribution(
            run, 9, new TreeNode(4, 8), new WorkerId(5), new TensorHandle(77), basis))
            .ShouldBe("99" + "1e" + "c41000112233445566778899aabbccddeeff" + "09" + "920408" + "05"
                + "01" + "920300" + "07" + "c402aabb" + "c408");
    }

    [Theory]
    [InlineData(RestoreSource.Initial, 0)]
    [InlineData(RestoreSource.Checkpoint, 1)]
    [InlineData(RestoreSource.Best, 2)]
    [InlineData(SliceCondition.Empty, 0)]
    [InlineData(SliceCondition.Restoring, 1)]
    [InlineData(SliceCondition.Ready, 2)]
    [InlineData(SliceCondition.Failed, 3)]
    [InlineData(UpdateFailure.NotFinite, 0)]
    [InlineData(UpdateFailure.Thrown, 1)]
    [InlineData(EvaluationSet.Validation, 0)]
    [InlineData(EvaluationSet.Test, 1)]
    [InlineData(TensorEncoding.Binary32, 1)]
    [InlineData(TensorEncoding.Binary64, 2)]
    [InlineData(TensorEncoding.Bfloat16, 3)]
    [InlineData(TensorEncoding.Binary16, 4)]
    [InlineData(TensorEncoding.Bytes, 5)]
    [InlineData(NodeKind.Worker, 1)]
    [InlineData(NodeKind.ParameterServer, 2)]
    [InlineData(NodeKind.Probe, 3)]
    [InlineData(NodeKind.Head, 4)]
    public void Choices_keep_their_numbers(Enum choice, int number) =>
        Convert.ToInt32(choice).ShouldBe(number);

    [Fact]
    public void Fields_added_by_a_newer_version_are_passed_over()
    {
        // AllowSteps with a generation of four parts and two more fields, one of them a map.
        byte[] bytes = Convert.FromHexString("9515940300c0a16b" + "cd01f4" + "8101c0" + "2a");
        MessageCodec.Decode(bytes).Message.ShouldBe(new AllowSteps(new Generation(3), 500));
    }

    [Fact]
    public void An_optional_field_may_be_missing_and_no_other()
    {
        byte[] whole = Encoded.Bytes(new ParametersPublished(
            new RunId(Guid.Empty), new Generation(1), new SliceId(0), 4, default, null));
        whole.AsSpan()[^3..].ToArray().ShouldBe([Marker.Nil, Marker.Bin8, 8]);
        byte[] shorter = [(byte)(whole[0] - 1), .. whole[1..^3], .. whole[^2..]];

        MessageCodec.Decode(shorter).Message.ShouldBeOfType<ParametersPublished>()
            .Assignment.ShouldBeNull();
        Should.Throw<WireException>(() => MessageCodec.Decode([0x92, 0x15, 0x92, 0x01, 0x00]))
            .Message.ShouldContain("AllowSteps: a field is missing");
    }

    [Theory]
    [InlineData("93" + "15" + "92ff00" + "01", "AllowSteps: -1 is out of range (before byte 4)")]
    [InlineData("93" + "15" + "920100" + "ff", "AllowSteps: -1 is less than 0 (before byte 6)")]
    [InlineData("93" + "15" + "92ce8000000000" + "01",
        "AllowSteps: 2147483648 is out of range (before byte 8)")]
    [InlineData("93" + "15" + "9101" + "01", "AllowSteps: 1 parts of 2 (before byte 3)")]
    [InlineData("92" + "1d" + "ff", "WorkerWelcomed: -1 is out of range (before byte 3)")]
    [InlineData("95" + "14" + "920100" + "00" + "03" + "00",
        "RestoreSlice: 3 where 2 is the last choice (before byte 7)")]
    [InlineData("94" + "33" + "920100" + "00" + "91920202",
        "Recompute: no node is [2, 2) (before byte 10)")]
    [InlineData("94" + "33" + "920100" + "00" + "9192ff02",
        "Recompute: -1 is out of range (before byte 9)")]
    [InlineData("93" + "15" + "920100" + "0100", "not bytes but the byte 00 (at byte 6)")]
    [InlineData("93" + "15" + "920100" + "01c404", "AllowSteps: a tensor of 4 bytes")]
    [InlineData("96" + "1e" + "c40100" + "09" + "920408" + "05" + "01" + "c408",
        "Contribution: a run id of 1 bytes (before byte 5)")]
    [InlineData("93" + "40" + "c4020011" + "00", "RequestData: a hash of 2 bytes (before byte 6)")]
    [InlineData("97" + "3c" + "00" + "c0c0c0c0c0", "Hello: 0 is out of range (before byte 3)")]
    [InlineData("97" + "3c" + "05" + "c0c0c0c0c0",
        "Hello: 5 where 4 is the last choice (before byte 3)")]
    [InlineData("97" + "3c" + "01" + "a161" + "c40100" + "c0c0c0",
        "Hello: a node's id of 1 bytes (before byte 8)")]
    [InlineData("97" + "3c" + "01" + "da012d" + "c0c0c0c0",
        "Hello: 301 bytes of text where at most 300 may be")]
    [InlineData("93" + "3f" + "00" + "dc0401",
        "SlicePlaces: 1025 values where at most 0 may be")]
    [InlineData("90", "a message without a number")]
    [InlineData("c0", "not an array but the byte c0 (at byte 0)")]
    public void A_value_out_of_its_range_is_refused(string hex, string why) =>
        Should.Throw<WireException>(() => MessageCodec.Decode(Convert.FromHexString(hex)))
            .Message.ShouldBe(why);

    [Theory]
    [InlineData("00", "c408", "Contribution: no tensor encoding has the number 0 (before byte 26)")]
    [InlineData("06", "c408", "Contribution: no tensor encoding has the number 6 (before byte 26)")]
    [InlineData("01", "c406", "Contribution: a tensor of 6 bytes")]
    [InlineData("01", "c400", "Contribution: a tensor of 0 bytes")]
    [InlineData("01", "", "Contribution: a tensor of 0 bytes")]
    [InlineData("01", "c640000001", "1073741825 bytes where at most 1073741824 may be")]
    [InlineData("01", "c40800", "bytes behind the message")]
    public void A_tensor_that_cannot_be_is_refused(string encoding, string head, string why)
    {
        string message = "991e" + "c41000112233445566778899aabbccddeeff" + "09" + "920408" + "05";
        byte[] bytes = Convert.FromHexString(message + encoding + "920300" + "07" + "c400" + head);
        Should.Throw<WireException>(() => MessageCodec.Decode(bytes)).Message.ShouldBe(why);
    }

    [Fact]
    public void An_unknown_number_is_no_fault_but_no_message_either()
    {
        DecodedMessage decoded = MessageCodec.Decode(Convert.FromHexString("93cd0fa0c08101c0c405"));
        decoded.Message.ShouldBeNull();
        (decoded.Number, decoded.TensorBytes).ShouldBe((4_000, 5));
    }

    [Fact]
    public void What_never_travels_is_not_encoded() =>
        Should.Throw<ArgumentException>(() => MessageCodec.FormatOf(new StopRequested()))
            .Message.ShouldContain("StopRequested");

    [Fact]
    public void None_is_told_from_the_first()
    {
        var status = new SliceStatus(
            new RunId(Guid.Empty), new SliceId(1), 0, 0, default, SliceCondition.Empty, default,
            RestoreSource.Initial, 0, 0, false, null, -1, -1, null, null);
        MessageCodec.Decode(Encoded.Bytes(status)).Message.ShouldBe(status);
    }

    [Fact]
    public void A_long_text_is_cut()
    {
        string cause = new('水', 5_000);
        object decoded = MessageCodec.Decode(
            Encoded.Bytes(new WorkerFailed(new WorkerId(1), 2, cause))).Message!;
        decoded.ShouldBeOfType<WorkerFailed>().Cause
            .ShouldBe(cause[..WireLimits.TextCharacters]);
    }

    [Fact]
    public void A_long_name_is_cut_and_so_a_hello_stays_small()
    {
        string name = new('水', 5_000);
        byte[] bytes = Encoded.Bytes(new Hello(
            NodeKind.Head, name, Guid.NewGuid(), new RunId(Guid.NewGuid()), int.MaxValue, name));
        bytes.Length.ShouldBeLessThan(WireLimits.StrangerBytes);
        MessageCodec.Decode(bytes).Message.ShouldBeOfType<Hello>().Name
            .ShouldBe(name[..WireLimits.NameCharacters]);
    }

    [Fact]
    public void A_note_is_limited_and_only_a_contribution_has_one()
    {
        byte[] note = Encoded.Note(new byte[WireLimits.NoteBytes]);
        MessageCodec.Decode(note).Note.Length.ShouldBe(WireLimits.NoteBytes);
        byte[] longer = Encoded.Note(new byte[WireLimits.NoteBytes + 1]);
        Should.Throw<WireException>(() => MessageCodec.Decode(longer))
            .Message.ShouldBe("Contribution: 65 bytes where at most 64 may be");
        var tensor = new TensorPayload(TensorEncoding.Binary32, new byte[4], new byte[1]);
        Should.Throw<InvariantException>(() => MessageCodec.Encode(
            new Welcome(default, 0, default), tensor, new ArrayBufferWriter<byte>()));
    }

    [Fact]
    public void Addresses_are_limited_in_number_and_length()
    {
        string longest = new('a', WireLimits.NameBytes);
        Encoded.Bytes(new SlicePlaces(0, [.. Enumerable.Repeat(longest, 200)]))
            .Length.ShouldBeLessThan(WireLimits.PayloadBytes);
        Encoded.Bytes(new SlicePlaces(0, [.. Enumerable.Repeat(longest[..58], 1_024)]))
            .Length.ShouldBeLessThan(WireLimits.PayloadBytes);
        foreach ((string address, int count) in
            new[] { (longest, 201), ("", 1_025), (longest + "a", 1), (longest[..60], 1_001) })
        {
            Should.Throw<ArgumentException>(() => Encoded.Bytes(
                new SlicePlaces(0, [.. Enumerable.Repeat(address, count)])));
        }
    }

    [Fact]
    public void The_largest_messages_fit_into_a_frame()
    {
        var node = new TreeNode(int.MaxValue - 1, int.MaxValue);
        var nodes = Enumerable.Repeat(node, WireLimits.Nodes);
        Encoded.Bytes(new Recompute(new(int.MaxValue), long.MaxValue, [.. nodes]))
            .Length.ShouldBeLessThan(WireLimits.PayloadBytes);
        var workers = Enumerable.Repeat(new WorkerId(int.MaxValue), WireLimits.Workers);
        var assignment = new Assignment(int.MaxValue, [.. workers]);
        Encoded.Bytes(new StepCompleted(new(int.MaxValue), long.MaxValue, assignment))
            .Length.ShouldBeLessThan(WireLimits.PayloadBytes);
        Should.Throw<ArgumentException>(() => Encoded.Bytes(new StepCompleted(
            default, 0, new Assignment(0, [.. workers, new WorkerId(1)]))));
        Should.Throw<ArgumentException>(() => Encoded.Bytes(
            new Recompute(default, 0, [.. nodes, new TreeNode(0, 1)])));
    }

    private static string Hex(object message) => Convert.ToHexStringLower(Encoded.Bytes(message));
}
