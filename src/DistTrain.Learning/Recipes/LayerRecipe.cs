namespace DistTrain.Learning;

/// <summary>One dense layer and the dropout behind its activation.</summary>
/// <param name="Units">Outputs of the layer, 1 or more.</param>
/// <param name="Activation">Applied to the weighted sums.</param>
/// <param name="Dropout">Probability of zeroing an output while training, in [0, 1).</param>
/// <param name="Init">How the weights start; biases start at 0.</param>
public sealed record LayerRecipe(
    int Units,
    Activation Activation = Activation.Linear,
    double Dropout = 0,
    Initializer Init = Initializer.GlorotUniform);

/// <summary>What a layer applies to its weighted sums.</summary>
public enum Activation
{
    Linear,
    Sigmoid,
    Tanh,
    Relu,
    LeakyRelu,
    Gelu,
    Softmax,
}

/// <summary>Starting distributions, as in Keras: normals are truncated at two deviations.</summary>
public enum Initializer
{
    GlorotUniform,
    GlorotNormal,
    HeUniform,
    HeNormal,
    LecunUniform,
    LecunNormal,
    Zeros,
}
