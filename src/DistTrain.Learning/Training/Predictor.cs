using DistTrain.Numerics;

namespace DistTrain.Learning;

/// <summary>What a trained network says about samples, one at a time. One thread's own.</summary>
public sealed class Predictor
{
    private readonly ForwardPass _forward;

    public Predictor(TrainingTask task, Kernels kernels)
    {
        _forward = new ForwardPass(task, kernels, maxSamples: 1);
    }

    /// <summary>The outputs of the last layer, (classes), for one sample.</summary>
    /// <param name="set">Samples as numbers of the data, not yet scaled.</param>
    /// <param name="index">Which one.</param>
    /// <param name="parameters">The flat block.</param>
    /// <param name="outputs">(classes)</param>
    public void Predict(
        Dataset set, int index, ReadOnlySpan<float> parameters, Span<float> outputs)
    {
        ReadOnlySpan<int> one = [index];
        _forward.Gather(set, one, classWeights: null);
        _forward.Run(parameters, one, step: null);
        // Some losses make the last activation themselves, from the logits.
        _forward.RunLoss();
        _forward.Stack.Outputs.Row(0).CopyTo(outputs);
    }
}
