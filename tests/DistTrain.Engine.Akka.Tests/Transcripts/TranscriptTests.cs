using Akka.Actor;
using Akka.TestKit.Xunit2;
using DistTrain.Learning;
using DistTrain.Protocol;
using DistTrain.Simulation;

namespace DistTrain.Engine.Akka.Tests;

/// <summary>The same scenario in the simulator and on Akka.NET: coordinator, slice and workers are
/// told the same, in the same order.</summary>
public sealed class TranscriptTests : TestKit
{
    // Thirteen units a step, nine in the last; one slice; nothing to clip, validate or test.
    private const string Scenario =
        """
        seed 1
        plan steps-per-epoch=4 epochs=1 microbatches=13 last=9 validation=0 test=0
        plan slices=1 checkpoint-every=0 clip=0 best=0 patience=3
        cluster heads=1 ps=0 workers=2 min=2
        costs latency=200 jitter=0 microbatch=1000 update=500 disk=20000

        """;

    private static readonly TrainingTask Task = TinyTasks.Make(
        TinyTasks.Golden with { ClipNorm = null, Epochs = 1 },
        training: (3 * 208) + 138, validation: 0, test: 0);

    public TranscriptTests()
        : base(VirtualTime.Config, "disttrain")
    {
    }

    [Fact]
    public void An_undisturbed_run()
    {
        var heard = new Transcript();
        using var run = new RunStage(this, Task, slices: 1, workers: 2, transcript: heard);
        run.WorkToTheEnd(1, 0).WeightsSha256.ShouldBe(TinyTasks.HashOf(Task));

        ShouldTellTheSame(heard, Simulated("# no fault"), workers: [0, 1]);
    }

    [Fact]
    public void A_worker_is_lost_in_a_step_and_the_other_one_does_its_share()
    {
        var heard = new Transcript();
        using var run = new RunStage(this, Task, slices: 1, workers: 2, transcript: heard);
        run.Contribute(run.Node.NextVersion(), 1, 0);
        run.Contribute(run.Node.NextVersion(), 1, 0);
        HeldVersion held = run.Node.NextVersion();
        held.Version.ShouldBe(2);
        run.Contribute(held, 1);
        Sys.Stop(run.Workers[0].Ref);
        run.Node.Log.WaitFor("worker 0 (probe 1) is gone");
        run.WorkToTheEnd(held, 1).WeightsSha256.ShouldBe(TinyTasks.HashOf(Task));

        ShouldTellTheSame(
            heard, Simulated("fault crash after=2 delay=1000 for=600000 nodes=1"),
            workers: [1]);
    }

    [Fact]
    public void An_update_throws_and_all_is_restored()
    {
        var heard = new Transcript();
        int left = 1;
        using var run = new RunStage(
            this, Task, slices: 1, workers: 2, transcript: heard, hooks: new EngineHooks
            {
                BeforeUpdate = (_, step) =>
                {
                    if (step == 2 && left-- > 0)
                    {
                        throw new InvalidOperationException("a bad sector");
                    }
                },
            });
        run.WorkToTheEnd(1, 0).WeightsSha256.ShouldBe(TinyTasks.HashOf(Task));

        ShouldTellTheSame(
            heard, Simulated("fault update-throws after=2 nodes=0"), workers: [0, 1]);
    }

    private static Transcript Simulated(string fault)
    {
        (SeedResult result, string verbose) =
            Simulator.Replay(Scenario + fault, isReal: false, isVerbose: true);
        result.Failure.ShouldBeNull();
        return Transcript.OfSimulation(verbose);
    }

    private static void ShouldTellTheSame(
        Transcript heard, Transcript simulated, int[] workers)
    {
        foreach (string role in (string[])["slice 0", "coordinator", "all workers",
            .. workers.Select(worker => $"worker {worker}")])
        {
            (heard.Of(role) == simulated.Of(role)).ShouldBeTrue(
                $"what {role} heard:\n{heard.Of(role)}\nin the simulator:\n"
                + simulated.Of(role));
        }
    }
}
