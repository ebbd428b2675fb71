using DistTrain.Numerics;

namespace DistTrain.Learning;

/// <summary>
/// A layer whose units are worked on by several threads, with memory for each: rows of one thread
/// between rows of another would be fetched by the other's prefetchers while they are written,
/// which costs more than what the threads have to exchange (docs/adr/0014-split-layers.md).
/// </summary>
internal sealed class SplitLayer
{
    private readonly int[] _firstUnits;
    private readonly LayerBuffers[] _parts;

    /// <param name="layer">Not the last one.</param>
    /// <param name="maxSamples">Most samples in a batch.</param>
    /// <param name="firstUnits">Where each part begins, ascending from 0.</param>
    public SplitLayer(LayerRecipe layer, int maxSamples, IReadOnlyList<int> firstUnits)
    {
        _firstUnits = [.. firstUnits, layer.Units];
        _parts = [.. firstUnits.Select((first, i) => new LayerBuffers(
            layer with { Units = _firstUnits[i + 1] - first }, maxSamples,
            lossReadsLogits: false))];
    }

    /// <summary>The part that holds a share of the units.</summary>
    /// <param name="share">Its units are numbered as in the part then.</param>
    public LayerBuffers BuffersOf(ref BatchShare share)
    {
        int part = 0;
        while (_firstUnits[part + 1] <= share.FirstUnit)
        {
            part++;
        }

        share = share with { FirstUnit = share.FirstUnit - _firstUnits[part] };
        return _parts[part];
    }

    /// <summary>Copies what all units gave for some samples.</summary>
    /// <param name="firstSample">The first of them.</param>
    /// <param name="samples">How many.</param>
    /// <param name="isTraining">With dropout.</param>
    /// <param name="outputs">(all samples, all units): those rows of it are written.</param>
    public void CopyOutputs(int firstSample, int samples, bool isTraining, Matrix outputs)
    {
        for (int part = 0; part < _parts.Length; part++)
        {
            int first = _firstUnits[part], units = _firstUnits[part + 1] - first;
            Matrix from = _parts[part].Output(isTraining).View(outputs.Rows);
            for (int i = firstSample; i < firstSample + samples; i++)
            {
                from.Row(i).CopyTo(outputs.Row(i).Slice(first, units));
            }
        }
    }
}
