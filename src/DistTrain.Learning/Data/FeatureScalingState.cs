namespace DistTrain.Learning;

/// <summary>All a <see cref="FeatureScaling"/> knows, for model files.</summary>
/// <param name="Kind">How inputs are made.</param>
/// <param name="ForBytes">True if it was fitted on bytes.</param>
/// <param name="Mean">Standard only: one for bytes, else one a feature; otherwise empty.</param>
/// <param name="Deviation">Like Mean; greater than 0, and 1 where a feature is constant.</param>
public sealed record FeatureScalingState(
    PixelScaling Kind, bool ForBytes, float[] Mean, float[] Deviation)
{
    /// <exception cref="ArgumentException">No scaling has such a state.</exception>
    internal void Validate()
    {
        bool standard = Kind == PixelScaling.Standard;
        bool lengthsFit = Mean.Length == Deviation.Length
            && (standard ? ForBytes ? Mean.Length == 1 : Mean.Length > 0 : Mean.Length == 0);
        bool numbersFit = Array.TrueForAll(Mean, float.IsFinite)
            && Array.TrueForAll(Deviation, value => float.IsFinite(value) && value > 0);
        if (!Enum.IsDefined(Kind) || !lengthsFit || !numbersFit)
        {
            throw new ArgumentException($"not a feature scaling: {Kind} with {Mean.Length} means");
        }
    }
}
