using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using DistTrain.Wire;

namespace DistTrain.Engine.Akka.Tests;

/// <summary>Where a coordinator begins that finds other heads' checkpoints newer than its own
/// head's.</summary>
public sealed class SurveyTests : TestKit
{
    private static readonly Checkpoint Theirs = Examples.Tiny(version: 3);

    private readonly TemporaryFolder _folder = new();
    private readonly TestProbe _proxy;
    private readonly ActorSystem _otherSystem = LoopbackNode.Start();
    private readonly StoreStage _other;
    private StoreStage _here = null!;

    public SurveyTests()
        : base(LoopbackNode.Start())
    {
        _proxy = CreateTestProbe();
        _other = new StoreStage(_otherSystem, _folder.File("there"), ActorRefs.Nobody, Theirs);
    }

    private CheckpointFolder FolderHere => new(_folder.File("here", "checkpoints"), 3);

    [Theory]
    [InlineData("there")]
    [InlineData("somewhere else")]
    public void The_newest_checkpoint_is_fetched_and_led_from_once_it_is_here(string resumedFrom)
    {
        BeOneOf(heads: 1);
        new CheckpointFolder(_folder.File(resumedFrom, "checkpoints"), 3).Save(Theirs);
        _here.Cluster.Nodes = [_here.Self, _other.Self];
        IActorRef coordinator = Lead();

        PassOnWhatIsKept(coordinator);

        _here.Log.WaitFor("this head leads, with the checkpoint of step 3");
        FolderHere.NewestGood(out _)!.Run.ShouldBe(Theirs.Run);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void When_the_head_with_the_newest_goes_or_cannot_send_it_the_next_one_is_asked(
        bool isGone)
    {
        BeOneOf(heads: 1);
        TestProbe newer = CreateTestProbe();
        using ActorSystem newerSystem = LoopbackNode.Start();
        newerSystem.ActorOf(Props.Create<Ear>(newer.Ref), NodePaths.StoreName);
        Address newerHead = LoopbackNode.AddressOf(newerSystem);
        _here.Cluster.Nodes = [_here.Self, newerHead, _other.Self];
        IActorRef coordinator = Lead();
        DescribeStore asked = newer.ExpectMsg<DescribeStore>(LoopbackNode.Patience);
        IActorRef survey = newer.Sender;
        IActorRef newerStore = NodePaths.Store(Sys, newerHead);
        survey.Tell(new StoreDescribed(asked.Survey, Theirs.Run, 99, 3, IsLed: true), newerStore);
        newer.FishForMessage<FetchCheckpoint>(_ => true, LoopbackNode.Patience)
            .Version.ShouldBe(99);

        // That a head keeps a checkpoint whose copy came from who led before does not bring it.
        coordinator.Tell(new CheckpointKept(99, string.Empty), newerStore);
        if (isGone)
        {
            _here.Cluster.Nodes = [_here.Self, _other.Self];
        }
        else
        {
            survey.Tell(new CheckpointNotThere(99, "a bad sector"), newerStore);
        }

        PassOnWhatIsKept(coordinator);

        _here.Log.WaitFor("this head leads, with the checkpoint of step 3");
    }

    [Fact]
    public void The_first_coordinator_waits_until_all_heads_have_come()
    {
        BeOneOf(heads: 3);
        _here.Cluster.Nodes = [_here.Self, _other.Self];
        IActorRef coordinator = Lead();
        _here.Log.WaitFor("waiting for 1 more head");

        using ActorSystem third = LoopbackNode.Start();
        _here.Cluster.Nodes = [_here.Self, _other.Self, LoopbackNode.AddressOf(third)];
        PassOnWhatIsKept(coordinator);

        _here.Log.WaitFor("this head leads, with the checkpoint of step 3");
    }

    [Fact]
    public void One_that_takes_over_goes_on_with_the_heads_that_there_are()
    {
        BeOneOf(heads: 3);
        _here.Cluster.Nodes = [_here.Self, _other.Self];
        _other.Store.Tell(new RunLed(Theirs.Run, 4));

        PassOnWhatIsKept(Lead());

        _here.Log.WaitFor("this head leads, with the checkpoint of step 3");
        _here.Parts.Store.Describe(Guid.Empty).Coordinator.ShouldBeGreaterThan(4);
    }

    [Fact]
    public void Heads_that_do_not_come_are_not_waited_for_for_ever()
    {
        BeOneOf(heads: 3, wait: TimeSpan.FromSeconds(1));
        _here.Cluster.Nodes = [_here.Self];

        Lead();

        AggregateException failure = Should.Throw<AggregateException>(
            () => _here.Parts.Head.Result.Task.Wait(LoopbackNode.Patience));
        failure.InnerException.ShouldBeOfType<NodeException>()
            .Message.ShouldBe("2 of 3 heads did not come for 1 s: giving up");
    }

    [Fact]
    public void A_store_takes_files_of_several_heads_side_by_side()
    {
        BeOneOf(heads: 1);
        Address[] heads =
            [.. new[] { "a", "b" }.Select(host => new Address("akka.tcp", "disttrain", host, 1))];
        byte[][] files = [.. new long[] { 3, 5 }.Select(FileOf)];
        _here.Store.Tell(new RunLed(Theirs.Run, 1));

        for (int piece = 0; piece < 2; piece++)
        {
            for (int head = 0; head < heads.Length; head++)
            {
                Range half = piece == 0 ? ..100 : 100..;
                _here.Store.Tell(new CheckpointPieceArrived(
                    heads[head],
                    new CheckpointPart(3 + (2 * head), piece * 100, files[head].Length, default),
                    files[head].AsMemory(half)));
            }
        }

        _proxy.ExpectMsg(new CheckpointKept(3, string.Empty), LoopbackNode.Patience);
        _proxy.ExpectMsg(new CheckpointKept(5, string.Empty), LoopbackNode.Patience);
        FolderHere.NewestGood(out _)!.Version.ShouldBe(5);
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _otherSystem.Dispose();
        _folder.Dispose();
    }

    /// <summary>This head is one of so many.</summary>
    private void BeOneOf(int heads, TimeSpan? wait = null) =>
        _here = new StoreStage(Sys, _folder.File("here"), _proxy, null, heads, wait);

    private IActorRef Lead() => Sys.ActorOf(CoordinatorActor.Props(_here.Parts));

    /// <summary>As the coordinator's proxy does.</summary>
    private void PassOnWhatIsKept(IActorRef coordinator)
    {
        CheckpointKept kept = _proxy.ExpectMsg<CheckpointKept>(LoopbackNode.Patience);
        kept.ShouldBe(new CheckpointKept(Theirs.Version, string.Empty));
        coordinator.Tell(kept, _proxy.Sender);
    }

    private byte[] FileOf(long version)
    {
        var folder = new CheckpointFolder(_folder.File("files"), 3);
        folder.Save(Theirs with { Version = version });
        return folder.ReadFile(version);
    }
}
