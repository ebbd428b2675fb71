using DistTrain.Learning;
using DistTrain.Numerics;

namespace DistTrain.Benchmarks.Compare;

/// <summary>One of the compared networks; pytorch_steps.py lists the same in this order.</summary>
/// <param name="Name">Its layers.</param>
/// <param name="Layers">For the recipe.</param>
/// <param name="BatchSize">Samples in a step.</param>
internal sealed record Network(string Name, IReadOnlyList<LayerRecipe> Layers, int BatchSize)
{
    public const int Features = 784, Classes = 10;

    // No sample lives so long.
    private const int Epochs = 10_000;

    private static readonly LayerRecipe Last = new(Classes, Activation.Softmax);

    public static IReadOnlyList<Network> All { get; } =
    [
        new("784-100 sigmoid-10", [new(100, Activation.Sigmoid), Last], 128),
        new(
            "784-128 relu-32 relu-10",
            [new(128, Activation.Relu), new(32, Activation.Relu), Last], 32),
        new(
            "784-1024 relu-128 tanh-dropout .05-64 relu-10",
            [
                new(1024, Activation.Relu), new(128, Activation.Tanh, Dropout: 0.05),
                new(64, Activation.Relu), Last,
            ],
            64),
        new(
            "784-500-500-500 sigmoid-10",
            [
                new(500, Activation.Sigmoid), new(500, Activation.Sigmoid),
                new(500, Activation.Sigmoid), Last,
            ],
            128),
    ];

    /// <summary>Units, the inputs first.</summary>
    public IReadOnlyList<int> Widths => [Features, .. Layers.Select(layer => layer.Units)];

    public int Parameters => Widths.Zip(Widths.Skip(1)).Sum(
        pair => (pair.First + 1) * pair.Second);

    /// <summary>Training from fresh weights in an order of its own.</summary>
    public TrainingTask TaskOn(DataSplit data, int seed) => TrainingTask.Create(
        new Recipe
        {
            Name = "compare",
            Layers = Layers,
            BatchSize = BatchSize,
            Epochs = Epochs,
            Seed = (ulong)seed + 1,
        },
        data);
}
