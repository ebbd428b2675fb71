using System.Runtime.InteropServices;
using DistTrain.Learning;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Tests;

public sealed class NormsTests
{
    private static readonly IReadOnlyList<ParameterInterval> Intervals =
        ParameterInterval.Cut(5 * ParameterInterval.Block, 3);

    private readonly ReceivedNorms _norms = new(new SliceId(0), Intervals);

    private static NormPartials From(int slice, long step, int generation = 1) => new(
        Slices.Run, new Generation(generation), step, new SliceId(slice), default);

    [Fact]
    public void A_slices_own_norms_those_of_its_node_and_those_received_are_put_together()
    {
        var all = new NodeSliceMemory?[3];
        for (int i = 0; i < 2; i++)
        {
            all[i] = new NodeSliceMemory(
                new SliceId(i), Intervals, TensorEncoding.Binary32, slice => all[slice.Value],
                1 << 20, HandleUses.Next(), TensorMemory.Own);
            all[i]!.OwnNorms(4).Span.Fill(i + 1);
            all[i]!.OwnNorms(5).Span.Fill(9);
        }

        all[0]!.ReceivedNorms.TryRent(
            From(2, 4), Tensor(2), out TensorHandle came, out Memory<byte> room).ShouldBeTrue();
        MemoryMarshal.Cast<byte, double>(room.Span).Fill(3);

        all[0]!.Norms(4, [all[0]!.OwnNormsHandle(4), all[1]!.OwnNormsHandle(4), came]).ToArray()
            .ShouldBe([1, 2, 2, 3, 3]);
        MemoryMarshal.Cast<byte, double>(
            all[1]!.OpenNorms(NodeHandle.Of(all[1]!.OwnNormsHandle(5))).Bytes.Span).ToArray()
            .ShouldBe([9, 9]);

        TensorHandle gone = all[1]!.OwnNormsHandle(4);
        all[1] = null;
        Should.Throw<NormsGoneException>(
            () => all[0]!.Norms(4, [all[0]!.OwnNormsHandle(4), gone, came]).Length);
    }

    [Fact]
    public void What_is_not_as_it_should_be_or_there_already_gets_no_room()
    {
        CanRent(From(3, 0), Tensor(2)).ShouldBeFalse("no such slice");
        CanRent(From(1, 0), Tensor(1)).ShouldBeFalse("another length");
        CanRent(From(1, 0), new TensorDescription(TensorEncoding.Binary32, 8)).ShouldBeFalse();
        CanRent(From(1, 0), Tensor(2)).ShouldBeTrue();
        CanRent(From(1, 0), Tensor(2)).ShouldBeFalse("asked for again, and there");
        CanRent(From(2, 0), Tensor(2)).ShouldBeTrue();
    }

    [Fact]
    public void What_is_cut_off_can_come_again_and_what_is_applied_is_forgotten()
    {
        _norms.TryRent(From(1, 3), Tensor(2), out TensorHandle cut, out _).ShouldBeTrue();
        _norms.Remove(NodeHandle.Of(cut));
        _norms.TryRent(From(1, 3), Tensor(2), out TensorHandle came, out _).ShouldBeTrue();
        _norms.Of(NodeHandle.Of(came)).Length.ShouldBe(2);
        _norms.FreeBefore(4);
        Should.Throw<InvariantException>(() => _norms.Of(NodeHandle.Of(came)).Length);
    }

    [Fact]
    public void Norms_of_restores_that_are_past_take_no_room_however_many_there_were()
    {
        for (int generation = 1; generation < 50; generation++)
        {
            CanRent(From(1, 30, generation), Tensor(2)).ShouldBeTrue($"generation {generation}");
            CanRent(From(2, 30, generation), Tensor(2)).ShouldBeTrue();
        }

        CanRent(From(1, 31, 2), Tensor(2)).ShouldBeFalse("of a restore before");
    }

    [Fact]
    public void Their_number_has_a_limit()
    {
        Enumerable.Range(0, 100).Count(step => CanRent(From(1, step), Tensor(2))).ShouldBe(12);
    }

    private static TensorDescription Tensor(int blocks) =>
        new(TensorEncoding.Binary64, blocks * sizeof(double));

    private bool CanRent(NormPartials message, TensorDescription tensor) =>
        _norms.TryRent(message, tensor, out _, out _);
}
