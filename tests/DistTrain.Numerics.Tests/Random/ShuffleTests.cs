using FsCheck;
using FsCheck.Fluent;

namespace DistTrain.Numerics.Tests;

public sealed class ShuffleTests
{
    [Fact]
    public void Every_order_is_a_permutation() =>
        Prop.ForAll((ulong seed, byte epoch, NonNegativeInt length) =>
            Order(seed, epoch, length.Get).Order().SequenceEqual(Enumerable.Range(0, length.Get)))
            .QuickCheckThrowOnFailure();

    [Fact]
    public void An_order_is_a_function_of_seed_and_epoch()
    {
        int[] order = Order(7, 3, 1000);
        Order(7, 3, 1000).ShouldBe(order);
        Order(8, 3, 1000).ShouldNotBe(order);
        Order(7 + (1UL << 32), 3, 1000).ShouldNotBe(order);
        Order(7, 4, 1000).ShouldNotBe(order);
    }

    [Fact]
    public void The_order_of_ten_under_seed_42_never_changes()
    {
        // From an independent implementation in Python, on integers of any length.
        Order(42, 0, 10).ShouldBe([5, 2, 3, 9, 4, 8, 1, 7, 0, 6]);
        Order(42, 1, 10).ShouldBe([8, 5, 2, 0, 6, 3, 7, 9, 4, 1]);
    }

    [Fact]
    public void The_last_place_is_drawn_by_the_upper_half_of_draw_times_count()
    {
        const int Count = 60_000;
        ulong draw = new RandomStream(9, RandomPurpose.Shuffle).Draw64(Count - 1, 5);
        var expected = (int)(((UInt128)draw * Count) >> 64);
        Order(9, 5, Count)[^1].ShouldBe(expected);
    }

    [Fact]
    public void All_24_orders_of_four_are_equally_likely()
    {
        const int Epochs = 24_000;
        var counts = new Dictionary<string, int>();
        for (int epoch = 0; epoch < Epochs; epoch++)
        {
            string order = string.Join(' ', Order(1, epoch, 4));
            counts[order] = counts.GetValueOrDefault(order) + 1;
        }

        const double Expected = Epochs / 24.0;
        counts.Count.ShouldBe(24);

        // 23 degrees of freedom: 6 and 55 are about the 0.01 % and 99.98 % points.
        counts.Values.Sum(count => Math.Pow(count - Expected, 2) / Expected).ShouldBeInRange(6, 55);
    }

    [Fact]
    public void A_negative_epoch_is_refused() =>
        Should.Throw<ArgumentOutOfRangeException>(() => Shuffle.Fill(1, -1, new int[3]));

    private static int[] Order(ulong seed, int epoch, int length)
    {
        var order = new int[length];
        Shuffle.Fill(seed, epoch, order);
        return order;
    }
}
