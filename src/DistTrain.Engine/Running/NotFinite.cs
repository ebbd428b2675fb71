using DistTrain.Learning;

namespace DistTrain.Engine;

/// <summary>Says where a diverged step went wrong.</summary>
internal static class NotFinite
{
    /// <summary>
    /// One line, the same from whichever slice: loss first, then the first layer whose gradient is
    /// not finite, then what the update stumbled over.
    /// </summary>
    /// <param name="layout">Names the layers.</param>
    /// <param name="metrics">Of the batch.</param>
    /// <param name="gradients">Of the step's nodes, whole.</param>
    /// <param name="stumbledOver">What the slice's update named, if it did.</param>
    public static string Explain(
        ParameterLayout layout, BatchMetrics metrics,
        IEnumerable<ReadOnlyMemory<float>> gradients, string? stumbledOver)
    {
        string? view = FirstIn(layout, [.. gradients]);
        string where = view is null
            ? stumbledOver ?? "the loss"
            : $"the gradient of {view}";
        string loss = double.IsFinite(metrics.LossSum)
            ? string.Empty
            : $" (loss {metrics.MeanLoss})";
        return $"{where} is not finite{loss}; lower the learning rate or clip the gradient";
    }

    private static string? FirstIn(
        ParameterLayout layout, IReadOnlyList<ReadOnlyMemory<float>> gradients)
    {
        foreach (ParameterView view in layout.Views)
        {
            foreach (ReadOnlyMemory<float> gradient in gradients)
            {
                foreach (float value in gradient.Span.Slice(view.Offset, view.Length))
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
}
