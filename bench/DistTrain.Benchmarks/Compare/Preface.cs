namespace DistTrain.Benchmarks.Compare;

/// <summary>How the figures of a report came about, for whoever reads it alone.</summary>
internal static class Preface
{
    private static string Pressure => ProcessorPressure.IsKnown
        ? "as Linux counts it"
        : "unknown on this system, so not checked";

    public static string Of(CompareOptions options, MachineWatch watch) => $"""
        # Ours beside the peers

        {(options.IsQuick ? "A quick run: no figures to quote. " : "")}{DateTime.UtcNow:yyyy-MM-dd}.
        One run; the samples of a row are taken in alternation, {options.Rounds} rounds of them, and
        up to three times as many while fewer than half of some cell's count. A figure is the median
        of the samples that count, for ours and for the peers. On one thread a sample counts if one
        thread reached {MachineWatch.LeastShareOfPeak} of the run's median FMA peak just before and
        just after it and programs waited for a processor for at most {MachineWatch.MostWaiting} of
        its time ({Pressure}); on two, if before and after it a
        hand-off between two threads took at most {watch.MostHandOffNanoseconds:0} ns (100, or a
        quarter above the run's best decile where that is longer) and both reached
        {MachineWatch.LeastGain} × one's FMA rate together. The others are dropped and told.

        A sample of whole steps is {options.SampleSeconds} s from fresh weights, after a tenth of
        that uncounted. The bound of a step: the arithmetic of all products at the median FMA peak,
        on whole vectors (but for columns beside them that fill at most half of one), one bare pass
        of Adam, one bare gather of the batch, and bias and activation of the hidden layers, each
        measured in the same alternation; on two threads half of it. It holds no loss, no
        derivative, no exchange between threads, and of the products none of the interruptions that
        the table tells of, so that nothing reaches it. On MNIST the first
        layer's forward product counts the features that are non-zero in any of the
        {StepWork.ForwardSamples} samples of a tile, its weight gradient those non-zero in any of
        the {StepWork.GradientSamples} of a microbatch. PyTorch keeps the memory that it frees (two
        settings of glibc), unless a column says "as installed".

        """;
}
