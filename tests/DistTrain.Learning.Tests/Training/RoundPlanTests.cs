namespace DistTrain.Learning.Tests;

public sealed class RoundPlanTests
{
    /// <summary>13 batches an epoch: rounds of 6, 6 and 1.</summary>
    private static readonly RoundPlan Golden = new(batchesPerEpoch: 13, replicas: 3, localSteps: 2);

    [Fact]
    public void Batches_are_dealt_in_turn_and_a_short_round_is_dealt_the_same()
    {
        Golden.RoundsPerEpoch.ShouldBe(3);
        Hands(Golden, 0).ShouldBe(["0 3", "1 4", "2 5"]);
        Hands(Golden, 1).ShouldBe(["6 9", "7 10", "8 11"]);
        Hands(Golden, 2).ShouldBe(["12"]);
        Hands(Golden, 3).ShouldBe(["13 16", "14 17", "15 18"]);
        Hands(new RoundPlan(11, 3, 2), 1).ShouldBe(["6 9", "7 10", "8"]);
    }

    [Fact]
    public void Every_batch_of_an_epoch_is_in_exactly_one_hand_and_knows_its_place()
    {
        for (int batches = 1; batches <= 30; batches++)
        {
            for (int replicas = 1; replicas <= Math.Min(batches, 5); replicas++)
            {
                for (int localSteps = 1; localSteps <= 8; localSteps++)
                {
                    CheckTwoEpochs(new RoundPlan(batches, replicas, localSteps), batches);
                }
            }
        }
    }

    [Fact]
    public void There_are_no_more_replicas_than_batches() =>
        Should.Throw<ArgumentOutOfRangeException>(() => new RoundPlan(2, 3, 1));

    private static void CheckTwoEpochs(RoundPlan plan, long batches)
    {
        var dealt = new List<long>();
        long[] steps = new long[plan.Replicas];
        for (long round = 0; round < 2 * plan.RoundsPerEpoch; round++)
        {
            if (round % plan.RoundsPerEpoch == 0)
            {
                // Whoever took one step fewer in the last round begins the epoch like the others.
                Array.Fill(steps, round / plan.RoundsPerEpoch * plan.LocalStepsPerEpoch);
            }

            plan.ReplicasOf(round).ShouldBeInRange(1, plan.Replicas);
            for (int replica = 0; replica < plan.ReplicasOf(round); replica++)
            {
                int inRound = plan.LocalStepsOf(round, replica);
                inRound.ShouldBeInRange(1, plan.LocalSteps);
                for (int i = 0; i < inRound; i++)
                {
                    long batch = plan.BatchOf(round, replica, i);
                    plan.StepInRound(batch).ShouldBe(i);
                    plan.LocalStepOf(batch).ShouldBe(steps[replica]++);
                    dealt.Add(batch);
                }
            }
        }

        dealt.Sort();
        dealt.ShouldBe(Enumerable.Range(0, (int)(2 * batches)).Select(i => (long)i));
    }

    private static IEnumerable<string> Hands(RoundPlan plan, long round) =>
        Enumerable.Range(0, plan.ReplicasOf(round)).Select(replica => string.Join(
            ' ', Enumerable.Range(0, plan.LocalStepsOf(round, replica))
                .Select(i => plan.BatchOf(round, replica, i))));
}
