using System.Collections.Immutable;
using DistTrain.Learning;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Tests;

/// <summary>How a node's tables keep what other processes lend, and what it lends itself.</summary>
public sealed class LoanTests
{
    private const int Parameters = 1_200;

    private static readonly ParameterInterval Interval = Slices.Intervals[1];
    private static readonly IReadOnlyList<ParameterInterval> One =
        ParameterInterval.Cut(Parameters, 1);

    private readonly Contributions _contributions = new(
        new SliceId(1), Interval, TensorEncoding.Binary32, 1 << 20, HandleUses.Next());

    private readonly ReceivedVersions _received = new(One, HandleUses.Next(), staleness: 0);

    [Fact]
    public void A_gradient_is_read_where_it_is_until_its_step_is_applied()
    {
        (TensorHandle handle, TestLoan loan) = Push(3, 0);
        _contributions.TryComplete(NodeHandle.Of(handle)).ShouldBeTrue();
        _contributions.Of(handle, 3).Values.ShouldBe(loan.Values);
        _contributions.FreeBefore(3);
        loan.IsBack.ShouldBeFalse();
        _contributions.FreeBefore(4);
        loan.IsBack.ShouldBeTrue();

        // Its place receives others as before.
        _contributions.TryRent(
            Slices.Push(4), Slices.Tensor(Interval.Length), out TensorHandle next,
            out Memory<byte> room).ShouldBeTrue();
        Slices.Floats(room).Fill(9);
        _contributions.TryComplete(NodeHandle.Of(next)).ShouldBeTrue();
        _contributions.Of(next, 4).Values.ToArray().ShouldAllBe(value => value == 9);
    }

    [Fact]
    public void It_goes_back_when_it_is_of_no_use_any_more()
    {
        (TensorHandle late, TestLoan lateLoan) = Push(3, 0);
        (TensorHandle ready, TestLoan readyLoan) = Push(5, 1);
        (TensorHandle cut, TestLoan cutLoan) = Push(5, 2);
        _contributions.TryComplete(NodeHandle.Of(ready));
        _contributions.FreeBefore(5);
        _contributions.TryComplete(NodeHandle.Of(late)).ShouldBeFalse();
        _contributions.Abandon(NodeHandle.Of(cut));
        (lateLoan.IsBack, readyLoan.IsBack, cutLoan.IsBack).ShouldBe((true, false, true));
        _contributions.FreeAll();
        readyLoan.IsBack.ShouldBeTrue();
    }

    [Fact]
    public void What_a_handle_of_before_names_is_not_taken()
    {
        (TensorHandle handle, _) = Push(3, 0);
        _contributions.TryComplete(NodeHandle.Of(handle));
        _contributions.TryAdopt(NodeHandle.Of(handle), new TestLoan(Interval.Length, 1))
            .ShouldBeFalse("it is there already");
        _received.TryAdopt(NodeHandle.Of(handle), new TestLoan(Parameters, 1)).ShouldBeFalse();
    }

    [Fact]
    public void Parameters_are_read_where_they_are_until_the_next_ones_have_come()
    {
        (ImmutableArray<TensorHandle> first, TestLoan firstLoan) = Publish(1);
        _received.TryBeginRead(first, out ReadOnlyMemory<float> values).ShouldBeTrue();
        values.ShouldBe(firstLoan.Values);
        (ImmutableArray<TensorHandle> second, TestLoan secondLoan) = Publish(2);
        firstLoan.IsBack.ShouldBeFalse("they are being read");
        _received.EndRead(first);
        firstLoan.IsBack.ShouldBeTrue();
        _received.TryBeginRead(first, out _).ShouldBeFalse();

        _received.TryBeginRead(second, out values).ShouldBeTrue();
        values.ShouldBe(secondLoan.Values);
        _received.Clear();
        secondLoan.IsBack.ShouldBeFalse();
        _received.EndRead(second);
        secondLoan.IsBack.ShouldBeTrue();
    }

    [Fact]
    public void Those_of_a_version_that_comes_late_do_not_end_a_newer_one()
    {
        (_, TestLoan newer) = Publish(3, generation: 2);
        Publish(5, generation: 1);
        newer.IsBack.ShouldBeFalse();
        (_, TestLoan newest) = Publish(1, generation: 3);
        newer.IsBack.ShouldBeTrue();
        _received.Clear();
        newest.IsBack.ShouldBeTrue();
    }

    [Fact]
    public void Where_gradients_may_be_behind_the_version_before_stays()
    {
        var stale = new ReceivedVersions(One, HandleUses.Next(), staleness: 1);
        (_, TestLoan first) = Publish(1, received: stale);
        Publish(2, received: stale);
        first.IsBack.ShouldBeFalse();
    }

    [Fact]
    public void Parts_of_the_parameters_are_copied_together()
    {
        var two = new ReceivedVersions(Slices.Intervals, HandleUses.Next(), staleness: 0);
        two.TryRent(
            Slices.Part(1, 1), Slices.Tensor(Interval.Length), out TensorHandle handle, out _)
            .ShouldBeTrue();
        two.TryAdopt(NodeHandle.Of(handle), new TestLoan(Interval.Length, 1)).ShouldBeFalse();
    }

    [SkippableFact]
    public void A_version_that_is_lent_is_not_overwritten_and_if_it_is_lost_never()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "memory is lent on Linux");
        var versions = new PublishedVersions(
            new SliceId(0), One[0], HandleUses.Next(), TensorMemory.Shared);
        versions.Begin(0).Span.Clear();
        NodeHandle sent = NodeHandle.Of(versions.HandleOf(0));
        TensorPayload payload = versions.Open(sent);
        ITensorLender lender = payload.Lender.ShouldNotBeNull();
        BorrowedTensor loan = new BorrowedTensors().Borrow(
            lender.Lend(0, payload.Offset), Parameters);
        versions.Close(sent);
        for (int version = 1; version < 6; version++)
        {
            versions.Begin(version).Span.Fill(version);
        }

        loan.Values.ToArray().ShouldAllBe(value => value == 0);
        versions.Blocks.ShouldBe(3);
        lender.Lose(0);
        for (int version = 6; version < 12; version++)
        {
            versions.Begin(version).Span.Fill(version);
            versions.Of(version).ToArray().ShouldAllBe(value => value == version);
        }

        loan.Values.ToArray().ShouldAllBe(value => value == 0, "who was lost may read on");
        versions.Blocks.ShouldBe(3);
    }

    [SkippableFact]
    public void A_gradient_that_is_lent_is_not_overwritten_and_if_it_is_lost_never()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "memory is lent on Linux");
        var memory = new NodeWorkerMemory(
            Slices.Intervals, TensorEncoding.Binary32, staleness: 0, TensorMemory.Shared);
        NodeHandle sent = Compute(memory, 0, 1);
        TensorPayload payload = memory.Open(sent);
        payload.Offset.ShouldBe(sizeof(float) * (long)Interval.Start);
        ITensorLender lender = payload.Lender.ShouldNotBeNull();
        BorrowedTensor loan = new BorrowedTensors().Borrow(
            lender.Lend(0, payload.Offset), Interval.Length);
        memory.Close(sent);
        Compute(memory, 1, 2);
        loan.Values.ToArray().ShouldAllBe(value => value == 1);
        loan.Dispose();
        memory.Open(Compute(memory, 2, 3)).Lender.ShouldBeSameAs(lender, "it is back");

        lender.Lend(0, 0);
        lender.Lose(0);
        for (int step = 3; step < 6; step++)
        {
            TensorPayload next = memory.Open(Compute(memory, step, step));
            next.Lender.ShouldNotBeSameAs(lender);
            Slices.Floats(next.Bytes).ShouldAllBe(value => value == step);
        }
    }

    private static NodeHandle Compute(NodeWorkerMemory memory, int step, float value)
    {
        GradientBuffer buffer = memory.Rent(
            new WorkerId(0), new Basis(Slices.G1, step), step, new TreeNode(0, 1));
        buffer.Values.Span.Fill(value);
        buffer.Finish(Slices.Metrics);
        return NodeHandle.Of(memory.HandlesOf(buffer)[1]);
    }

    private (TensorHandle Handle, TestLoan Loan) Push(int step, int node)
    {
        _contributions.TryRent(
            Slices.Push(step, node, node + 1), Slices.Tensor(Interval.Length),
            out TensorHandle handle, out _).ShouldBeTrue();
        var loan = new TestLoan(Interval.Length, step);
        _contributions.TryAdopt(NodeHandle.Of(handle), loan).ShouldBeTrue();
        return (handle, loan);
    }

    private (ImmutableArray<TensorHandle> Handles, TestLoan Loan) Publish(
        long version, int generation = 1, ReceivedVersions? received = null)
    {
        received ??= _received;
        received.TryRent(
            Slices.Part(0, version, generation), Slices.Tensor(Parameters), out TensorHandle handle,
            out _).ShouldBeTrue();
        var loan = new TestLoan(Parameters, version);
        received.TryAdopt(NodeHandle.Of(handle), loan).ShouldBeTrue();
        received.TryComplete(NodeHandle.Of(handle)).ShouldBeTrue();
        return ([handle], loan);
    }
}
