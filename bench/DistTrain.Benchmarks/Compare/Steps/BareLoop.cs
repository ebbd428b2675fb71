using System.Diagnostics;
using DistTrain.Learning;
using DistTrain.Numerics;

namespace DistTrain.Benchmarks.Compare;

/// <summary>
/// Training without actors, as the reference trainer does it: gradient, update, next. One thread.
/// </summary>
internal sealed class BareLoop
{
    private readonly TrainingTask _task;
    private readonly GradientComputer _computer;
    private readonly SliceOptimizer _optimizer;
    private readonly AlignedBuffer<float> _gradient;
    private readonly NodeGradient[] _root = new NodeGradient[1];
    private AlignedBuffer<float> _parameters, _next;
    private long _step;

    private BareLoop(TrainingTask task)
    {
        _task = task;
        ParameterInterval whole = new(0, task.Layout.Count);
        Kernels kernels = Kernels.For(IsaSupport.Best);
        _computer = new GradientComputer(task, kernels);
        _optimizer = new SliceOptimizer(task, whole, kernels);
        _gradient = new AlignedBuffer<float>(whole.Length);
        _parameters = new AlignedBuffer<float>(whole.Length);
        _next = new AlignedBuffer<float>(whole.Length);
        Initialization.Fill(task.Recipe, task.Layout, whole, _parameters.Span);
    }

    /// <summary>Microseconds a step over so many seconds, a tenth more before them uncounted.
    /// </summary>
    public static double Sample(TrainingTask task, double seconds)
    {
        BareLoop loop = new(task);
        GC.Collect();
        loop.Run(StepTiming.WarmUp * seconds);
        return loop.Run(seconds);
    }

    private double Run(double seconds)
    {
        long first = _step;
        long start = Stopwatch.GetTimestamp();
        TimeSpan spent;
        do
        {
            Step();
            spent = Stopwatch.GetElapsedTime(start);
        }
        while (spent.TotalSeconds < seconds);
        return spent.TotalMicroseconds / (_step - first);
    }

    private void Step()
    {
        int microbatches = _task.Batches.MicrobatchesOf(_step);
        BatchMetrics metrics = _computer.Compute(
            _step, 0, microbatches, _parameters.Span, _gradient.Span);
        _root[0] = new NodeGradient(0, microbatches, _gradient.Memory, metrics);
        UpdateResult update = _optimizer.Apply(
            _step, _root, squareNorm: null, _parameters.Span, _next.Span);
        if (!update.IsFinite)
            throw new NotFiniteNumberException($"Step {_step}: {update.NotFinite}.");
        (_parameters, _next) = (_next, _parameters);
        _step++;
    }
}
