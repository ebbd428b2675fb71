namespace DistTrain.Learning;

/// <summary>The data of a run. All sets have the same features and classes.</summary>
/// <param name="Training">Samples that the parameters are fitted on.</param>
/// <param name="Validation">Samples judged after every epoch, or null.</param>
/// <param name="Test">Samples judged at the end, or null.</param>
/// <param name="Scaling">Fitted on <paramref name="Training"/>.</param>
public sealed record DataSplit(
    Dataset Training, Dataset? Validation, Dataset? Test, FeatureScaling Scaling);
