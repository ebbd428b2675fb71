namespace DistTrain.Simulation;

/// <summary>A network of the scaling table and what its arithmetic costs one thread.</summary>
/// <param name="Name">Its units, the inputs first.</param>
/// <param name="Parameters">Weights and biases.</param>
/// <param name="SampleNanos">Gradient of one sample.</param>
/// <param name="UpdateNanos">The optimizer, for one parameter.</param>
public sealed record ScalingNetwork(
    string Name, int Parameters, double SampleNanos, double UpdateNanos)
{
    /// <summary>The networks that are compared with PyTorch.</summary>
    /// <remarks>The numbers are those of bench/README.md, "One thread, dense data: the bare loop":
    /// batch, ours, of it Adam.</remarks>
    public static IReadOnlyList<ScalingNetwork> All { get; } =
    [
        Measured([784, 100, 10], batch: 128, stepMicros: 344, adamMicros: 12.3),
        Measured([784, 128, 32, 10], batch: 32, stepMicros: 116, adamMicros: 18.1),
        Measured([784, 1024, 128, 64, 10], batch: 64, stepMicros: 1952, adamMicros: 155),
        Measured([784, 500, 500, 500, 10], batch: 128, stepMicros: 4099, adamMicros: 192),
    ];

    /// <summary>From one measured step: what is not the optimizer is the samples'.</summary>
    public static ScalingNetwork Measured(
        IReadOnlyList<int> units, int batch, double stepMicros, double adamMicros)
    {
        int parameters = units.Zip(units.Skip(1)).Sum(pair => (pair.First + 1) * pair.Second);
        return new ScalingNetwork(
            string.Join('-', units), parameters,
            (stepMicros - adamMicros) * 1000 / batch, adamMicros * 1000 / parameters);
    }
}
