namespace DistTrain.Numerics;

/// <summary>Activations that act on each element alone.</summary>
public enum ElementwiseActivation
{
    Linear,
    Sigmoid,
    Tanh,
    Relu,
    LeakyRelu,
    Gelu,
}
