namespace DistTrain.Learning.Tests;

public class BatchPlanTests
{
    // The golden recipe's shape: nine batches of 208 and one of 138.
    private static BatchPlan Golden(ulong seed = 7) => new(2010, 208, 16, 3, seed);

    [Fact]
    public void Counts_are_rounded_up_and_the_last_ones_are_short()
    {
        BatchPlan plan = Golden();
        plan.StepsPerEpoch.ShouldBe(10);
        plan.TotalSteps.ShouldBe(30);
        for (int epoch = 0; epoch < 3; epoch++)
        {
            long first = epoch * 10;
            plan.EpochOf(first).ShouldBe(epoch);
            plan.EpochOf(first + 9).ShouldBe(epoch);
            plan.SamplesOf(first).ShouldBe(208);
            plan.MicrobatchesOf(first).ShouldBe(13);
            plan.SamplesOf(first + 9).ShouldBe(138);
            plan.MicrobatchesOf(first + 9).ShouldBe(9);
            plan.SamplesOf(first + 9, 8, 9).Length.ShouldBe(10);
            plan.SamplesOf(first + 9, 0, 8).Length.ShouldBe(128);
        }
    }

    [Theory]
    [InlineData(208, 208, 16)]
    [InlineData(209, 208, 16)]
    [InlineData(5, 1, 1)]
    [InlineData(100, 7, 3)]
    [InlineData(100, 100, 1000)]
    public void Every_epoch_takes_every_sample_once(int samples, int batchSize, int microbatch)
    {
        var plan = new BatchPlan(samples, batchSize, microbatch, 3, 1);
        for (int epoch = 0; epoch < 3; epoch++)
        {
            var taken = new List<int>();
            for (long i = 0; i < plan.StepsPerEpoch; i++)
            {
                long step = (epoch * plan.StepsPerEpoch) + i;
                for (int m = 0; m < plan.MicrobatchesOf(step); m++)
                {
                    ReadOnlySpan<int> part = plan.SamplesOf(step, m, m + 1);
                    part.Length.ShouldBeInRange(1, microbatch);
                    taken.AddRange(part);
                }
            }

            taken.Order().ShouldBe(Enumerable.Range(0, samples));
        }
    }

    [Fact]
    public void A_range_of_microbatches_is_its_microbatches_one_after_the_other()
    {
        BatchPlan plan = Golden();
        foreach (long step in (long[])[0, 9, 12])
        {
            var joined = new List<int>();
            for (int m = 2; m < 9; m++)
            {
                joined.AddRange(plan.SamplesOf(step, m, m + 1));
            }

            plan.SamplesOf(step, 2, 9).ToArray().ShouldBe(joined);
        }
    }

    [Fact]
    public void The_order_is_a_function_of_seed_and_epoch()
    {
        Order(Golden(), 0).ShouldBe(Order(Golden(), 0));
        Order(Golden(), 0).ShouldNotBe(Order(Golden(), 10));
        Order(Golden(), 0).ShouldNotBe(Order(Golden(8), 0));
        Order(Golden(), 0).ShouldNotBe(Enumerable.Range(0, 208), "shuffled");
    }

    [Fact]
    public void A_plan_that_begins_in_mid_epoch_goes_on_as_one_from_the_beginning()
    {
        BatchPlan whole = Golden();
        int[][] expected = [.. Enumerable.Range(0, 30).Select(step => Order(whole, step))];
        BatchPlan resumed = Golden();
        for (int step = 14; step < 30; step++)
        {
            Order(resumed, step).ShouldBe(expected[step]);
        }

        // And back, as a worker that recomputes does.
        Order(resumed, 3).ShouldBe(expected[3]);
    }

    [Fact]
    public void The_samples_ahead_are_those_of_a_later_step_if_its_order_is_made()
    {
        BatchPlan plan = Golden();
        plan.SamplesAhead(3, 1, 2, 9).ToArray().ShouldBe(plan.SamplesOf(4, 2, 9).ToArray());
        plan.SamplesAhead(8, 1, 8, 13).ToArray().ShouldBe(plan.SamplesOf(9, 8, 9).ToArray());
        plan.SamplesAhead(8, 1, 9, 13).ToArray().ShouldBeEmpty("a batch of 9 microbatches");
        plan.SamplesAhead(9, 1, 0, 9).ToArray().ShouldBeEmpty("another epoch");
        plan.SamplesAhead(6, 3, 0, 9).ToArray().ShouldBe(plan.SamplesOf(9, 0, 9).ToArray());
        plan.SamplesAhead(7, 3, 0, 9).ToArray().ShouldBeEmpty("another epoch");
        plan.SamplesAhead(10, 1, 0, 2).ToArray().ShouldBe(plan.SamplesOf(11, 0, 2).ToArray());
    }

    [Fact]
    public void An_evaluated_set_has_its_microbatches_from_its_own_count()
    {
        BatchPlan plan = Golden();
        plan.MicrobatchesOf(Tasks.RandomSet(1, 33, 1, 1)).ShouldBe(3);
        plan.MicrobatchesOf(Tasks.RandomSet(1, 32, 1, 1)).ShouldBe(2);
    }

    private static int[] Order(BatchPlan plan, long step) =>
        plan.SamplesOf(step, 0, plan.MicrobatchesOf(step)).ToArray();
}
