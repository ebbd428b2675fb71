namespace DistTrain.Simulation.Tests;

/// <summary>The dice, the clock's queue, the disk, the network's faults.</summary>
public sealed class PartsTests
{
    [Fact]
    public void Dice_throw_the_same_for_ever()
    {
        var dice = new Dice(42, purpose: 1);
        ulong[] first = [dice.Next(), dice.Next(), dice.Next()];
        var again = new Dice(42, purpose: 1);
        first.ShouldBe([again.Next(), again.Next(), again.Next()]);
        first.ShouldBeUnique();
        new Dice(42, 1).Next().ShouldNotBe(new Dice(43, 1).Next());
        new Dice(42, 1).Next().ShouldNotBe(new Dice(42, 2).Next());
    }

    [Fact]
    public void Dice_reach_both_ends_and_no_further()
    {
        var dice = new Dice(7, purpose: 1);
        int[] thrown = [.. Enumerable.Range(0, 1000).Select(_ => dice.Between(2, 5))];
        thrown.Distinct().Order().ShouldBe([2, 3, 4, 5]);
        dice.Below(0).ShouldBe(0);
    }

    [Fact]
    public void Events_come_by_time_and_then_in_the_order_they_were_added()
    {
        var queue = new EventQueue();
        var dice = new Dice(3, purpose: 1);
        long[] times = [.. Enumerable.Range(0, 500).Select(_ => dice.Below(40))];
        for (int i = 0; i < times.Length; i++)
        {
            queue.Add(times[i], new Event(i, null, null, -1, Address.Engine, ""));
        }

        int[] expected = [.. Enumerable.Range(0, 500).OrderBy(i => times[i])];
        int[] taken = [.. Enumerable.Range(0, 500).Select(_ => queue.Take().Node)];
        taken.ShouldBe(expected);
        queue.Count.ShouldBe(0);
    }

    [Fact]
    public void A_damaged_file_is_found_by_its_checksum_and_the_one_before_is_read()
    {
        var disk = new Disk();
        disk.TryWrite(DtmFile.Of(4, [])).ShouldBeNull();
        disk.TryWrite(DtmFile.Of(8, [])).ShouldBeNull();
        disk.NewestGood()!.Version.ShouldBe(8);
        disk.TryDamage(newest: true, new Dice(1, 1)).ShouldBeTrue();
        disk.NewestGood()!.Version.ShouldBe(4);
        disk.Read(8).ShouldBeNull();
        disk.DamageFound.ShouldBe(2);
    }

    [Fact]
    public void A_disk_keeps_the_newest_files_and_replaces_one_of_the_same_version()
    {
        var disk = new Disk();
        foreach (long version in (long[])[8, 4, 12, 16, 12])
        {
            disk.TryWrite(DtmFile.Of(version, [])).ShouldBeNull();
        }

        disk.Files.Select(f => f.Version).ShouldBe([8, 12, 16]);
    }

    [Fact]
    public void A_full_disk_refuses_and_a_broken_one_finds_nothing_until_they_are_mended()
    {
        var disk = new Disk();
        disk.TryWrite(DtmFile.Of(4, [])).ShouldBeNull();
        disk.Fill(+1);
        disk.Fill(+1);
        disk.Fill(-1);
        disk.TryWrite(DtmFile.Of(8, [])).ShouldNotBeNull();
        disk.Read(4).ShouldNotBeNull();
        disk.Break(+1);
        disk.Read(4).ShouldBeNull();
        disk.Break(-1);
        disk.Fill(-1);
        disk.TryWrite(DtmFile.Of(8, [])).ShouldBeNull();
    }

    [Fact]
    public void A_partition_is_shut_both_ways_and_a_one_way_link_is_not()
    {
        var partition = new Fault(FaultKind.Partition, 0, 0, 1, Nodes: 0b001, Others: 0b110, 0);
        partition.StrikesLink(0, 2).ShouldBeTrue();
        partition.StrikesLink(2, 0).ShouldBeTrue();
        partition.StrikesLink(1, 2).ShouldBeFalse();
        Fault oneWay = partition with { Kind = FaultKind.OneWay };
        oneWay.StrikesLink(0, 2).ShouldBeTrue();
        oneWay.StrikesLink(2, 0).ShouldBeFalse();
    }

    [Fact]
    public void A_histogram_knows_its_quantiles()
    {
        var histogram = new Histogram();
        foreach (int number in (int[])[5, 1, 9, 5])
        {
            histogram.Add(number);
        }

        histogram.Quantile(0).ShouldBe(1);
        histogram.Median.ShouldBe(5);
        histogram.Quantile(100).ShouldBe(9);
    }
}
