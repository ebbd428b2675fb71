using Akka.Actor;
using Akka.TestKit.Xunit2;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Akka.Tests;

/// <summary>A worker on Akka.NET and the node that supervises it, led by the test.</summary>
public sealed class WorkerActorTests : TestKit
{
    private static readonly Generation First = new(1, 1);
    private static readonly Generation Second = new(2, 1);

    public WorkerActorTests()
        : base(VirtualTime.Config, "disttrain")
    {
    }

    [Fact]
    public void It_joins_gets_its_data_and_computes_to_the_reference_weights()
    {
        using var stage = new WorkerStage(this, StageTasks.FourSteps, slices: 2);
        JoinRun join = stage.NextJoin();
        (join.IsWorker, join.Ordinal, join.Admission).ShouldBe((true, -1, Guid.Empty));
        Guid admission = stage.LetIn();

        stage.Hosted.Begin(First, limit: 4, 0);

        Completed(stage, 4).Generation.ShouldBe(First);
        stage.Hosted.HashOf(4).ShouldBe(StageTasks.FourStepsHash);
        stage.NextJoin().Admission.ShouldBe(admission, "it says so as long as it is there");
    }

    [Fact]
    public void A_worker_that_throws_is_restarted_holding_nothing_and_tells_the_coordinator()
    {
        int left = 1;
        using var stage = new WorkerStage(this, StageTasks.FourSteps, slices: 2, new EngineHooks
        {
            BeforeGradient = (_, step, _) =>
            {
                if (step == 2 && left-- > 0)
                {
                    throw new InvalidOperationException("a bad sector");
                }
            },
        });
        stage.LetIn();
        stage.Hosted.Begin(First, limit: 4, 0);

        stage.Next<ComputationFailed>()
            .ShouldBe(new ComputationFailed(new WorkerId(0), 2, "a bad sector"));
        foreach (IActorRef slice in stage.Hosted.Slices)
        {
            slice.Tell(new WorkerWelcomed(new WorkerId(0)));
        }

        Completed(stage, 4);
        stage.Hosted.HashOf(4).ShouldBe(StageTasks.FourStepsHash);
        stage.Outcome.Task.IsCompleted.ShouldBeFalse("its node lives on");
    }

    [Fact]
    public void Work_that_an_older_generation_asks_for_is_not_done_and_it_hears_of_the_newer_one()
    {
        var done = new List<long>();
        using WorkerStage stage = AtVersionZeroOf(Second, done);

        stage.Worker.Tell(new Recompute(First, 0, [new TreeNode(0, 13)]));
        stage.Next<GenerationHeard>()
            .ShouldBe(new GenerationHeard(new WorkerId(0), Second));
        done.ShouldBeEmpty();

        stage.Worker.Tell(new Recompute(Second, 0, [new TreeNode(0, 13)]));
        Completed(stage, 1);
        done.ShouldBe([0L]);
    }

    [Fact]
    public void An_older_generation_can_neither_end_the_run_nor_have_it_evaluated()
    {
        var done = new List<long>();
        using WorkerStage stage = AtVersionZeroOf(Second, done);

        stage.Worker.Tell(new RunEnded(stage.Node.Context.Run, First));
        stage.Worker.Tell(new RunEnded(new RunId(Guid.NewGuid()), new Generation(9, 9)));
        stage.Worker.Tell(new Evaluate(
            First, new EvaluationId(1), EvaluationSet.Validation, 0, [new TreeNode(0, 1)]));
        stage.Next<GenerationHeard>().Generation.ShouldBe(Second);

        stage.Worker.Tell(new Recompute(Second, 0, [new TreeNode(0, 13)]));
        Completed(stage, 1);
    }

    [Fact]
    public void The_run_comes_before_or_after_the_word_that_it_is_let_in()
    {
        using var stage = new WorkerStage(this, StageTasks.FourSteps, slices: 1);
        var admission = Guid.NewGuid();
        stage.Welcome();
        stage.NextJoin().Admission.ShouldBe(Guid.Empty, "it does not know what it is let in for");
        stage.Admit(admission);

        stage.NextJoin().Admission.ShouldBe(admission);
    }

    [Fact]
    public void The_run_as_another_head_has_sent_it_makes_nobody_ready()
    {
        using var stage = new WorkerStage(this, StageTasks.FourSteps, slices: 1);
        stage.LetIn();
        var admission = Guid.NewGuid();
        stage.Admit(admission, new Address("akka.tcp", "disttrain", "127.0.0.1", 1));
        stage.NextJoin().Admission.ShouldNotBe(admission, "that head's own word has not come");

        stage.Admit(admission = Guid.NewGuid());
        stage.NextJoin().Admission.ShouldBe(admission);
    }

    [Fact]
    public void A_worker_that_is_let_in_anew_holds_nothing_of_before()
    {
        var done = new List<long>();
        using WorkerStage stage = AtVersionZeroOf(First, done);
        stage.LetIn();

        // It would compute at once on what it held; now it asks for the parameters first.
        stage.Hosted.Hosted.Remove(new SliceId(0));
        stage.Worker.Tell(new Recompute(First, 0, [new TreeNode(0, 13)]));
        stage.NextJoin();

        done.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_run_that_this_program_does_not_know_ends_the_node_and_says_what_to_do()
    {
        using var stage = new WorkerStage(this, StageTasks.FourSteps, slices: 1);
        stage.Admit(Guid.NewGuid());
        stage.Worker.Tell(new Welcomed(
            stage.Node.Self, stage.Node.Context.Run, 0, "{\"recipe\":\"?\"}"u8.ToArray()));

        NodeException e = await Should.ThrowAsync<NodeException>(
            () => stage.Outcome.Task.WaitAsync(LoopbackNode.Patience));
        e.Message.ShouldContain("use the same DistTrain on both");
    }

    [Fact]
    public async Task A_node_that_hears_nothing_for_too_long_gives_up()
    {
        using var stage = new WorkerStage(this, StageTasks.FourSteps, slices: 1);
        stage.LetIn();
        var patience = new AkkaNodeOptions
        {
            Data = new DistTrain.Learning.DataFolders(null, "unused"),
            Log = stage.Node.Log,
        }.Wait;

        this.PassTicks((int)(patience / VirtualTime.Tick) + 100);

        NodeOutcome outcome = await stage.Outcome.Task.WaitAsync(TimeSpan.FromSeconds(10));
        outcome.ShouldBe(NodeOutcome.Failed);
    }

    /// <summary>A worker that holds version 0, of which nobody is to compute anything.</summary>
    private WorkerStage AtVersionZeroOf(Generation generation, List<long> done)
    {
        var stage = new WorkerStage(this, StageTasks.FourSteps, slices: 1, new EngineHooks
        {
            BeforeGradient = (_, step, _) => done.Add(step),
        });
        stage.LetIn();
        stage.Hosted.Begin(generation, limit: 1);
        Completed(stage, 0);
        return stage;
    }

    private static StepCompleted Completed(WorkerStage stage, long version) =>
        stage.Node.Coordinator.FishForMessage<StepCompleted>(m => m.Version == version);
}
