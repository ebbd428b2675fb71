using DistTrain.Learning;

namespace DistTrain.Engine;

/// <summary>Says where a diverged step went wrong.</summary>
internal static class NotFinite
{
    /// <summary>
    /// One line, the same from whichever slice: loss first, then the first layer whose gradient is
    /// not finite, then what the update stumbled over.
    /// </summary>
    /// <param name="step">The step.</param>
    /// <param name="layout">Names the layers.</param>
    /// <param name="metrics">Of the batch.</param>
    /// <param name="gradients">Of the step's nodes, as far as they are known here.</param>
    /// <param name="stumbledOver">What the slice's update named, if it did.</param>
    public static string Explain(
        long step, ParameterLayout layout, BatchMetrics metrics,
        IEnumerable<SliceGradient> gradients, string? stumbledOver)
    {
        string? view = FirstIn(layout, [.. gradients]);
        string where = view is null
            ? stumbledOver ?? "the loss"
            : $"the gradient of {view}";
        string loss = double.IsFinite(metrics.LossSum)
            ? string.Empty
            : $" (loss {metrics.MeanLoss})";
        return $"step {step}: {where} is not finite{loss}; " +
            "lower the learning rate or clip the gradient";
    }

    private static string? FirstIn(
        ParameterLayout layout, IReadOnlyList<SliceGradient> gradients)
    {
        foreach (ParameterView view in layout.Views)
        {
            foreach (SliceGradient gradient in gradients)
            {
                foreach (float value in PartOf(view, gradient))
                {
                    if (!float.IsFinite(value))
                    {
                        return view.Name;
                    }
                }
            }
        }

        return null;
    }

    private static ReadOnlySpan<float> PartOf(ParameterView view, SliceGradient gradient)
    {
        int knownEnd = gradient.KnownStart + gradient.Known.Length;
        int start = Math.Max(view.Offset, gradient.KnownStart);
        int end = Math.Min(view.Offset + view.Length, knownEnd);
        return start < end
            ? gradient.Known.Span[(start - gradient.KnownStart)..(end - gradient.KnownStart)]
            : default;
    }
}
