using System.Collections.Immutable;
using DistTrain.Learning;
using DistTrain.Numerics;
using DistTrain.Protocol;

namespace DistTrain.Engine.Tests;

public sealed class HeadStorageTests
{
    private const long Version = 4;

    private static readonly TrainingTask Task = TinyTasks.GoldenTask;
    private static readonly Generation G1 = new(1);
    private static readonly Generation G2 = new(2);

    private static readonly IReadOnlyList<ParameterInterval> Intervals =
        ParameterInterval.Cut(Task.Layout.Count, 2);

    private static readonly RoleContext Context = new(
        Task, new RunId(Guid.Empty), RunPlanner.PlanOf(Task, Intervals.Count, 0, workers: 1),
        Intervals, IsaSupport.Best, EngineHooks.None);

    private readonly List<CoordinatorMessage> _answers = [];
    private readonly HeadContext _head = new(Task, Intervals.Count, null, null, new Watcher());
    private readonly HeadStorage[] _storages;

    public HeadStorageTests() =>
        _storages = [.. Intervals.Select(i => new HeadStorage(_head, i, _answers.Add))];

    [Fact]
    public void Copies_that_slices_made_before_and_after_a_takeover_come_together_when_asked_again()
    {
        Save(0, G1);
        Save(1, G2);
        _answers.ShouldBeEmpty("they are of two generations");

        _storages[0].SaveAgain(new StreamSnapshot(G2, Version));
        _storages[1].SaveAgain(new StreamSnapshot(G2, Version));

        _answers.ShouldBe([new CheckpointSaved(G2, Version)]);
        SavedState saved = _head.States.Of(Version);
        saved.Parameters.ShouldBe(
            [.. State(0).View().Parameters, .. State(1).View().Parameters]);
        saved.SecondMoment.ShouldAllBe(moment => moment == Numbers.Moment);
        saved.Diary.ShouldNotBeNull();
    }

    [Fact]
    public void What_is_done_with_or_of_another_version_is_not_copied_again()
    {
        Save(0, G1);
        _storages[0].SaveAgain(new StreamSnapshot(G2, Version + 1));
        _storages[0].Forget(new ForgetSnapshot(Version));
        _storages[0].SaveAgain(new StreamSnapshot(G2, Version));
        Save(1, G2);
        _answers.ShouldBeEmpty();
    }

    private void Save(int slice, Generation generation) => _storages[slice].Save(
        new SaveSnapshot(generation, Version), State(slice), slice == 0 ? _head.Recorder : null);

    private static Numbers State(int slice)
    {
        var state = new Numbers(Intervals[slice]);
        state.LoadInitial(Version);
        return state;
    }

    /// <summary>The seeded parameters, and moments that are all alike.</summary>
    private sealed class Numbers(ParameterInterval interval) : SliceState(Context, interval)
    {
        public const float Moment = 3;

        private readonly float[] _parameters = new float[interval.Length];
        private readonly float[] _first = new float[interval.Length];
        private readonly float[] _second = new float[interval.Length];

        protected override Span<float> FirstMoment => _first;

        protected override Span<float> SecondMoment => _second;

        public override void SquareNorms(long step, ImmutableArray<NodeTensor> nodes) =>
            throw new NotSupportedException();

        protected override ReadOnlySpan<float> ParametersOf(long version) => _parameters;

        protected override Span<float> Begin(long version) => _parameters;

        protected override void TakeUpParameters(long version)
        {
        }

        protected override void TakeUpMoments() => Array.Fill(_second, Moment);

        protected override void WriteOutMoments()
        {
        }

        protected override UpdateResult ApplyStep(
            long step, ImmutableArray<NodeTensor> nodes, ImmutableArray<TensorHandle> partials,
            out BatchMetrics metrics) => throw new NotSupportedException();

        protected override IEnumerable<SliceGradient> Gradients(
            long step, ImmutableArray<NodeTensor> nodes) => throw new NotSupportedException();
    }
}
