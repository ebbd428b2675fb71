using DistTrain.Numerics;

namespace DistTrain.Learning;

/// <content>Gradient and update of all parameters, part by part.</content>
public sealed partial class TeamTrainer
{
    /// <summary>Applies the step computed: the next version is held then.</summary>
    /// <exception cref="InvalidOperationException">Another step was computed last.</exception>
    /// <remarks>If a value is not finite the version stays and the moments are spoilt, as
    /// <see cref="SliceOptimizer.Apply"/> has it.</remarks>
    public UpdateResult Apply(long step)
    {
        if (ComputedStep != step)
        {
            throw new InvalidOperationException(
                $"step {step} is to be applied, {ComputedStep} was computed");
        }

        ComputedStep = NoStep;
        _constants = _task.Steps.ConstantsOf(step, squareNorm: null);
        UpdatesInPlace = _bound.Covers(_constants, _stack.Samples, LargestInput());
        _next = UpdatesInPlace ? _version : 1 - _version;
        Require(_next);
        IsBroken = UpdatesInPlace;
        _team.Run(_update);
        IsBroken = false;
        return Conclude();
    }

    /// <summary>Takes up what an update made, if all of it is finite.</summary>
    private UpdateResult Conclude()
    {
        for (int view = 0; view < _task.Layout.Views.Count; view++)
        {
            if (!float.IsFinite(LargestOf(view)))
            {
                _bound.SpoilMoments();
                return new UpdateResult(_task.Layout.Views[view].Name);
            }
        }

        for (int view = 0; view < _task.Layout.Views.Count; view++)
        {
            _bound.Parameters[view] = LargestOf(view);
        }

        _version = _next;
        return default;
    }

    /// <summary>Known for pixels; other numbers are looked through, those of the batch.</summary>
    private float LargestInput()
    {
        if (_largestInput is { } known)
        {
            return known;
        }

        Matrix values = _members[0].Batch.Values;
        float largest = 0;
        for (int i = 0; i < values.Rows; i++)
        {
            largest = MathF.Max(largest, _members[0].Kernels.LargestMagnitude(values.Row(i)));
        }

        return largest;
    }

    /// <summary>Of a view's new parameters; NaN or ∞ if they are not finite.</summary>
    private float LargestOf(int view)
    {
        float largest = 0;
        foreach (TeamMember member in _members)
        {
            largest = MathF.Max(largest, member.Largest[view]);
        }

        return largest;
    }

    /// <summary>The member's share of every layer's gradient, and of the update.</summary>
    private void Update(TeamMember member)
    {
        Array.Clear(member.Largest);
        if (_stack.Layers > 1)
        {
            _stack.Backward(
                member.Kernels, 1, WeightOf(1, member.First.FirstUnit, member.First.Units),
                UnitsOf(0, member.First.FirstUnit, member.First.Units));
        }

        for (int layer = _stack.Layers - 1; layer > 0; layer--)
        {
            (int firstRow, int rows) = member.RowsOf(_task.Layout.Weight(layer));
            UpdateRows(member, layer, firstRow, rows);
            if (layer % member.Members == member.Number)
            {
                UpdateBias(member, layer, 0, _task.Layout.Bias(layer).Length);
            }
        }

        UpdateFirst(member);
        UpdateShared(member);
    }

    private void UpdateRows(TeamMember member, int layer, int firstRow, int rows)
    {
        ParameterView weight = _task.Layout.Weight(layer);
        Matrix dz = _stack.GradientOf(layer);
        int offset = weight.Offset + (firstRow * weight.Columns);
        Span<float> gradient = member.Gradient(_upper.PlaceOf(offset), rows * weight.Columns);
        member.Kernels.WeightGradient(
            _stack.OutputOf(layer - 1, UnitsOf(layer - 1, firstRow, rows)), dz,
            new Matrix(gradient, rows, weight.Columns), _task.Batches.Microbatch);
        Note(member, 2 * layer, _upper.Update(
            member.Kernels, _version, _next, offset, gradient, _constants));
    }

    private void UpdateFirst(TeamMember member)
    {
        FirstLayerPart first = member.First;
        foreach (FirstLayerStrip strip in first.Strips)
        {
            Matrix dz = _stack.GradientOf(0, UnitsOf(0, strip.FirstUnit, strip.Units));
            member.Kernels.WeightGradient(
                member.Batch.Values, dz, first.Gradient(strip), _task.Batches.Microbatch,
                member.Batch.Nonzeros);
            Note(member, 0, first.Update(
                strip, 0, _task.Layout.Weight(0).Rows, member.Kernels, _version, _next,
                _constants));
        }

        UpdateBias(member, 0, first.FirstUnit, first.Units);
    }

    /// <summary>Biases get neither L2 nor decay.</summary>
    private void UpdateBias(TeamMember member, int layer, int firstUnit, int units)
    {
        int offset = _task.Layout.Bias(layer).Offset + firstUnit;
        Span<float> gradient = member.Gradient(_upper.PlaceOf(offset), units);
        member.Kernels.BiasGradient(
            _stack.GradientOf(layer, UnitsOf(layer, firstUnit, units)), gradient,
            _task.Batches.Microbatch);
        Note(member, (2 * layer) + 1, _upper.Update(
            member.Kernels, _version, _next, offset, gradient,
            _constants with { L2 = 0, Decay = 1 }));
    }

    private static void Note(TeamMember member, int view, float largest) =>
        member.Largest[view] = MathF.Max(member.Largest[view], largest);
}
