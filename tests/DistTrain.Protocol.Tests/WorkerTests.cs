namespace DistTrain.Protocol.Tests;

/// <summary>One worker's behaviour, message by message.</summary>
public sealed class WorkerTests
{
    private static readonly RunId Run = new(Guid.Empty);
    private static readonly Generation G1 = new(1);
    private static readonly Generation G2 = new(2);

    private static readonly RunPlan Plan = new(
        StepsPerEpoch: 4, Epochs: 1, MicrobatchesPerStep: 4, MicrobatchesInLastStep: 2,
        ValidationMicrobatches: 4, TestMicrobatches: 4, CheckpointEverySteps: 0, Slices: 2,
        ClipsGlobalNorm: false, RestoresBest: false);

    private static Transcript NewWorker()
    {
        var worker = new Worker(Run, Plan, new WorkerId(0));
        return new Transcript((m, effects) => worker.Handle((WorkerMessage)m, effects));
    }

    private static Transcript Holding(long version) =>
        NewWorker().Say(Part(0, version), Part(1, version)).Skip();

    /// <summary>Slice 0's come with an assignment of the workers 0 and 1.</summary>
    private static ParametersPublished Part(int slice, long version, int generation = 1) => new(
        Run, new(generation), new(slice), version, new(version * 10 + slice),
        slice == 0 ? new Assignment(1, [new(0), new(1)]) : null);

    private static GradientComputed Gradient(long step, int start, int end) =>
        new(step, new(start, end), [new(1), new(2)], new Basis(G1, step));

    private static EvaluationComputed Evaluated(int generation, EvaluationSet set) =>
        new(new(generation), new(1), set, 4, new(0, 2), default);

    private static Recompute Again(long step, int start, int end) =>
        new(G1, step, [new TreeNode(start, end)]);

    [Fact]
    public void Work_begins_when_all_slices_of_a_version_are_there()
    {
        NewWorker().Say(
            Part(1, 2), Part(0, 3), Part(0, 2), Part(0, 2),
            Gradient(2, 0, 2), Gradient(2, 0, 2), Part(1, 3)).ShouldRead("""
            > ParametersPublished g1 s1 2
            > ParametersPublished g1 s0 3 a1(w0 w1)
            > ParametersPublished g1 s0 2 a1(w0 w1)
                ComputeGradient 2 [0, 2) ()
            > ParametersPublished g1 s0 2 a1(w0 w1)
                refused ParametersPublished: held already
            > GradientComputed 2 [0, 2) ()
                to slice 0: Contribution 2 [0, 2) w0
                to slice 1: Contribution 2 [0, 2) w0
            > GradientComputed 2 [0, 2) ()
                refused GradientComputed: not being computed
            > ParametersPublished g1 s1 3
                ComputeGradient 3 [0, 1) ()
            """);
    }

    [Fact]
    public void A_gradient_that_comes_after_its_step_is_past_is_not_pushed()
    {
        Holding(0).Say(Part(0, 1), Part(1, 1), Gradient(0, 0, 2)).ShouldRead("""
            > ParametersPublished g1 s0 1 a1(w0 w1)
            > ParametersPublished g1 s1 1
                ComputeGradient 1 [0, 2) ()
            > GradientComputed 0 [0, 2) ()
                refused GradientComputed: not being computed
            """);
    }

    [Fact]
    public void A_node_is_computed_once_and_pushed_again_when_asked_for_again()
    {
        Holding(0).Say(
            Again(0, 0, 1), Gradient(0, 0, 2), Again(0, 0, 1), Again(0, 2, 3)).ShouldRead("""
            > Recompute g1 0 ([0, 1))
            > GradientComputed 0 [0, 2) ()
                to slice 0: Contribution 0 [0, 2) w0
                to slice 1: Contribution 0 [0, 2) w0
            > Recompute g1 0 ([0, 1))
                to slice 0: Contribution 0 [0, 2) w0
                to slice 1: Contribution 0 [0, 2) w0
            > Recompute g1 0 ([2, 3))
                ComputeGradient 0 [2, 3) ()
            """);
    }

    [Fact]
    public void Recompute_waits_for_its_version_and_is_refused_once_past()
    {
        NewWorker().Say(
            Again(1, 2, 3), Part(0, 1), Part(1, 1), Again(0, 2, 3), Again(1, 1, 3),
            Again(4, 0, 1)).ShouldRead("""
            > Recompute g1 1 ([2, 3))
                to slice 0: RequestParameters w0 1
                to slice 1: RequestParameters w0 1
            > ParametersPublished g1 s0 1 a1(w0 w1)
            > ParametersPublished g1 s1 1
                ComputeGradient 1 [0, 2) ()
                ComputeGradient 1 [2, 3) ()
            > Recompute g1 0 ([2, 3))
                refused Recompute: step is past
            > Recompute g1 1 ([1, 3))
                refused Recompute: [1, 3) is no node of this step's tree
            > Recompute g1 4 ([0, 1))
                refused Recompute: beyond the last step
            """);
    }

    [Fact]
    public void An_evaluation_of_a_generation_that_never_came_is_told_of()
    {
        Holding(3).Say(
            Judge(generation: 5), Judge(generation: 1)).ShouldRead("""
            > Evaluate g5 e1 Validation 3 ([0, 4))
                to slice 0: RequestParameters w0 3
                to slice 1: RequestParameters w0 3
            > Evaluate g1 e1 Validation 3 ([0, 4))
                refused Evaluate: that evaluation is over
                to coordinator: GenerationHeard w0 g5
            """);

        static Evaluate Judge(int generation) => new(
            new(generation), new(1), EvaluationSet.Validation, 3, [new TreeNode(0, 4)]);
    }

    [Fact]
    public void A_newer_generation_makes_older_parameters_and_requests_void()
    {
        Holding(3).Say(
            Part(0, 1, generation: 2), Part(1, 4), Again(3, 0, 1), Gradient(3, 0, 1),
            Part(1, 1, generation: 2)).ShouldRead("""
            > ParametersPublished g2 s0 1 a1(w0 w1)
            > ParametersPublished g1 s1 4
                refused ParametersPublished: older generation
                to coordinator: GenerationHeard w0 g2
            > Recompute g1 3 ([0, 1))
                refused Recompute: older generation
                to coordinator: GenerationHeard w0 g2
            > GradientComputed 3 [0, 1) ()
                refused GradientComputed: not being computed
            > ParametersPublished g2 s1 1
                ComputeGradient 1 [0, 2) ()
            """);
    }

    [Fact]
    public void No_gradient_is_computed_at_the_last_version_but_evaluations_are()
    {
        Evaluate Ask(int id, params TreeNode[] nodes) =>
            new(G1, new(id), EvaluationSet.Validation, 4, [.. nodes]);

        NewWorker().Say(
            Ask(1, new TreeNode(0, 2)), Part(0, 4), Part(1, 4),
            Evaluated(1, EvaluationSet.Validation),
            Ask(1, new TreeNode(1, 2), new TreeNode(2, 4)), Ask(0, new TreeNode(2, 4)),
            new Evaluate(G1, new(2), EvaluationSet.Validation, 3, [new(0, 1)]),
            new Evaluate(G2, new(2), EvaluationSet.Validation, 4, [new(0, 1)])).ShouldRead("""
            > Evaluate g1 e1 Validation 4 ([0, 2))
                to slice 0: RequestParameters w0 4
                to slice 1: RequestParameters w0 4
            > ParametersPublished g1 s0 4 a1(w0 w1)
            > ParametersPublished g1 s1 4
                ComputeEvaluation g1 e1 Validation 4 [0, 2) ()
            > EvaluationComputed g1 e1 Validation 4 [0, 2)
                to slice 0: EvaluationContribution g1 e1 Validation 4 [0, 2) w0
            > Evaluate g1 e1 Validation 4 ([1, 2) [2, 4))
                to slice 0: EvaluationContribution g1 e1 Validation 4 [0, 2) w0
                ComputeEvaluation g1 e1 Validation 4 [2, 4) ()
            > Evaluate g1 e0 Validation 4 ([2, 4))
                refused Evaluate: that evaluation is over
            > Evaluate g1 e2 Validation 3 ([0, 1))
                refused Evaluate: that version is past
            > Evaluate g2 e2 Validation 4 ([0, 1))
                to slice 0: RequestParameters w0 4
                to slice 1: RequestParameters w0 4
            """);
    }

    [Fact]
    public void Metrics_of_an_evaluation_of_another_coordinator_do_not_count_for_the_one_under_way()
    {
        NewWorker().Say(
            Part(0, 4), Part(1, 4),
            new Evaluate(G1, new(1), EvaluationSet.Validation, 4, [new(0, 2)]),
            Part(0, 4, generation: 2), Part(1, 4, generation: 2),
            new Evaluate(G2, new(1), EvaluationSet.Test, 4, [new(0, 2)])).Skip().Say(
            Evaluated(1, EvaluationSet.Validation), Evaluated(2, EvaluationSet.Test)).ShouldRead("""
            > EvaluationComputed g1 e1 Validation 4 [0, 2)
                refused EvaluationComputed: not being computed
            > EvaluationComputed g2 e1 Test 4 [0, 2)
                to slice 0: EvaluationContribution g2 e1 Test 4 [0, 2) w0
            """);
    }

    [Fact]
    public void Nothing_is_done_after_the_run_has_ended()
    {
        Holding(0).Say(new RunEnded(Run, G1), Gradient(0, 0, 2), Part(0, 1)).ShouldRead("""
            > RunEnded g1
            > GradientComputed 0 [0, 2) ()
                refused GradientComputed: the run has ended
            > ParametersPublished g1 s0 1 a1(w0 w1)
                refused ParametersPublished: the run has ended
            """);
    }

    [Fact]
    public void The_end_said_by_a_deposed_coordinator_is_refused_and_a_later_ones_word_counts_more()
    {
        Holding(0).Say(
            new RunEnded(Run, new(0)), new RunEnded(Run, G1), Part(0, 1),
            Part(0, 1, generation: 2), Part(1, 1, generation: 2)).ShouldRead("""
            > RunEnded g0
                refused RunEnded: older generation
            > RunEnded g1
            > ParametersPublished g1 s0 1 a1(w0 w1)
                refused ParametersPublished: the run has ended
            > ParametersPublished g2 s0 1 a1(w0 w1)
            > ParametersPublished g2 s1 1
                ComputeGradient 1 [0, 2) ()
            """);
    }

    [Fact]
    public void A_worker_that_was_let_go_computes_nothing_more()
    {
        Holding(0).Say(new LeaveGranted(Run), Part(0, 1, generation: 2)).ShouldRead("""
            > LeaveGranted
                LeaveRun
            > ParametersPublished g2 s0 1 a1(w0 w1)
                refused ParametersPublished: the run has ended
            """);
    }
}
