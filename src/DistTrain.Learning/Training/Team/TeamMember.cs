using DistTrain.Numerics;

namespace DistTrain.Learning;

/// <summary>What one thread of a <see cref="TeamTrainer"/> has to itself.</summary>
internal sealed class TeamMember
{
    private readonly FirstLayerDivision _division;
    private readonly AlignedBuffer<float> _gradient;

    /// <param name="task">What is trained.</param>
    /// <param name="kernels">The arithmetic; no other thread uses them.</param>
    /// <param name="skipsZeros">As of the computers of one thread.</param>
    /// <param name="number">Which member, from 0.</param>
    /// <param name="members">Of how many.</param>
    public TeamMember(
        TrainingTask task, Kernels kernels, bool skipsZeros, int number, int members)
    {
        ParameterView firstWeight = task.Layout.Weight(0);
        _division = new FirstLayerDivision(firstWeight.Columns, members);
        (int firstUnit, int units) = _division.OwnOf(number);
        Kernels = kernels;
        Number = number;
        Members = members;
        Batch = new InputBatch(task, kernels, task.Batches.BatchSize, skipsZeros);
        First = new FirstLayerPart(
            firstWeight, task.Steps.Moments, firstUnit, units, pads: members > 1, HasZeros(task));
        int most = task.Layout.Bias(0).Length;
        for (int layer = 1; layer < task.Recipe.Layers.Count; layer++)
        {
            (_, int rows) = RowsOf(task.Layout.Weight(layer));
            most = Math.Max(most, Math.Max(rows, 1) * task.Layout.Weight(layer).Columns);
        }

        _gradient = new AlignedBuffer<float>(UpdateStreams.Room + most, UpdateStreams.Gradient);
        Largest = new float[task.Layout.Views.Count];
    }

    public Kernels Kernels { get; }

    public int Number { get; }

    public int Members { get; }

    /// <summary>All samples of the batch: each member gathers them for itself, which takes less
    /// time than to fetch what another core has just written.</summary>
    public InputBatch Batch { get; }

    public FirstLayerPart First { get; }

    /// <summary>(views): the largest magnitude that the update gave each of them here; NaN or ∞:
    /// it is not finite.</summary>
    public float[] Largest { get; }

    /// <summary>Of its samples of the batch, how many were predicted right: counted here, as what
    /// another core has just written is dear to read.</summary>
    public int Correct { get; set; }

    /// <summary>Room for the gradient of a part of an upper layer.</summary>
    /// <param name="offset">Of the part's parameters, in the block behind the first layer's weight.
    /// </param>
    /// <param name="length">How many they are.</param>
    public Span<float> Gradient(int offset, int length) =>
        _gradient.Span.Slice(UpdateStreams.StartOf(offset), length);

    /// <summary>The member's share of so many samples.</summary>
    public (int First, int Samples) SamplesOf(int samples) => ShareOf(samples);

    /// <summary>Its inputs of the columns that all share.</summary>
    public (int First, int Inputs) InputsOf(int inputs) => _division.InputsOf(Number, inputs);

    /// <summary>The member's rows of an upper layer's weight. Those of the second layer read what
    /// the member's units of the first one gave.</summary>
    public (int First, int Rows) RowsOf(ParameterView weight) => weight.Layer == 1
        ? (First.FirstUnit, First.Units)
        : ShareOf(weight.Rows);

    // As the first samples are, so are most.
    private bool HasZeros(TrainingTask task)
    {
        Batch.Gather(
            task.Data.Training, task.Batches.SamplesOf(step: 0, first: 0, end: 1),
            task.Recipe.Data.ClassWeights);
        return Batch.Nonzeros is { IsWorthwhile: true };
    }

    private (int First, int Count) ShareOf(int count)
    {
        int start = (int)((long)count * Number / Members);
        return (start, (int)((long)count * (Number + 1) / Members) - start);
    }
}
