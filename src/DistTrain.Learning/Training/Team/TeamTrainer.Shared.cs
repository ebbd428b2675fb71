using DistTrain.Numerics;

namespace DistTrain.Learning;

/// <content>The units of the first layer that all members share, if there are any: each works on
/// its samples of them, and updates them for its inputs.</content>
public sealed partial class TeamTrainer
{
    private static FirstLayerPart? TrySharedPart(TrainingTask task, int members)
    {
        ParameterView weight = task.Layout.Weight(0);
        var division = new FirstLayerDivision(weight.Columns, members);
        return division.SharedUnits == 0
            ? null
            : new FirstLayerPart(
                weight, task.Steps.Moments, division.FirstShared, division.SharedUnits,
                pads: false, skipsZeros: false);
    }

    /// <summary>The shared units for the member's samples. Zeros are not skipped, here and in the
    /// gradient: vectors run along samples or inputs, and a list of terms would serve one short row
    /// of them (14 µs instead of 9 on MNIST, docs/adr/0021-shared-units.md).</summary>
    private void ForwardShared(TeamMember member, ReadOnlySpan<int> indices)
    {
        (int firstSample, int samples) = member.SamplesOf(_stack.Samples);
        if (_shared is null || samples == 0)
        {
            return;
        }

        Matrix values = member.Batch.Values;
        foreach (FirstLayerStrip strip in _shared.Strips)
        {
            _stack.Forward(
                member.Kernels, 0, values.Part(firstSample, samples, 0, values.Columns),
                _shared.Weight(strip, _version),
                _upper.Of(_version, _task.Layout.Bias(0).Offset + strip.FirstUnit, strip.Units),
                new BatchShare(firstSample, samples, strip.FirstUnit, strip.Units), indices,
                _step);
        }
    }

    /// <summary>Back to the logits of the shared units, for the member's samples.</summary>
    private void BackwardShared(TeamMember member)
    {
        if (_shared is null || _stack.Layers == 1)
        {
            return;
        }

        (int firstSample, int samples) = member.SamplesOf(_stack.Samples);
        _stack.Backward(
            member.Kernels, 1, WeightOf(1, _shared.FirstUnit, _shared.Units),
            new BatchShare(firstSample, samples, _shared.FirstUnit, _shared.Units));
    }

    /// <summary>Gradient and update of the shared units' weights for the member's inputs. What is
    /// small besides, their rows of the second weight and their bias, has the first member and the
    /// last.</summary>
    private void UpdateShared(TeamMember member)
    {
        if (_shared is null)
        {
            return;
        }

        Matrix values = member.Batch.Values;
        (int first, int inputs) = member.InputsOf(values.Columns);
        foreach (FirstLayerStrip strip in inputs > 0 ? _shared.Strips : [])
        {
            member.Kernels.WeightGradient(
                values.Part(0, values.Rows, first, inputs),
                _stack.GradientOf(0, UnitsOf(0, strip.FirstUnit, strip.Units)),
                _shared.Gradient(strip).Part(first, inputs, 0, strip.Units),
                _task.Batches.Microbatch);
            Note(member, 0, _shared.Update(
                strip, first, inputs, member.Kernels, _version, _next, _constants));
        }

        if (_stack.Layers > 1 && member.Number == 0)
        {
            UpdateRows(member, 1, _shared.FirstUnit, _shared.Units);
        }

        if (member.Number == member.Members - 1)
        {
            UpdateBias(member, 0, _shared.FirstUnit, _shared.Units);
        }
    }
}
