using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine.Tests;

public sealed class SnapshotAssemblerTests
{
    private static readonly IReadOnlyList<ParameterInterval> Intervals =
        ParameterInterval.Cut(TinyTasks.GoldenTask.Layout.Count, 3);

    private readonly SnapshotAssembler _assembler = new(TinyTasks.GoldenTask, slices: 3);

    [Fact]
    public void A_copy_that_comes_twice_does_not_stand_for_another_slices()
    {
        Fill(0, 4).ShouldBeFalse();
        Fill(1, 4).ShouldBeFalse();
        Fill(1, 4).ShouldBeFalse("slice 2 is missing");
        Fill(2, 4).ShouldBeTrue();
    }

    [Fact]
    public void A_copy_of_a_version_that_is_complete_begins_no_other_snapshot()
    {
        Fill(0, 3);
        Fill(0, 4);
        Fill(1, 4);
        Fill(2, 4).ShouldBeTrue();
        Fill(2, 4);
        Fill(1, 4);
        Fill(0, 4).ShouldBeFalse("each was put aside");
        Fill(1, 3);
        Fill(2, 3).ShouldBeFalse("an older version is not asked for any more");

        // After a rollback the same version is another one.
        Fill(0, 4, generation: 2);
        Fill(1, 4, generation: 2);
        Fill(2, 4, generation: 2).ShouldBeTrue();
    }

    private bool Fill(int slice, long version, int generation = 1) => _assembler.Close(
        _assembler.Open(new Generation(generation), version), Intervals[slice]);
}
