namespace DistTrain.Learning;

/// <summary>The parts of the data and how their numbers become inputs.</summary>
/// <param name="Training">What is trained on, after limits and the validation split.</param>
/// <param name="Validation">Judged at each epoch's end; null: none.</param>
/// <param name="Test">Judged once at the end; null: none.</param>
/// <param name="Scaling">Measured on the training samples only.</param>
public sealed record DataSplit(
    Dataset Training, Dataset? Validation, Dataset? Test, FeatureScaling Scaling);
