namespace DistTrain.Learning;

/// <summary>A data source as it is, before limits, split and scaling.</summary>
/// <param name="Training">All samples to train on.</param>
/// <param name="Test">All samples to test on, or null where the source has none.</param>
public sealed record LoadedData(Dataset Training, Dataset? Test);
