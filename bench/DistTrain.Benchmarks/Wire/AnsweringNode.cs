using DistTrain.Engine;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Benchmarks.Wire;

/// <summary>Sends small messages back, and answers tensors as their step asks.</summary>
internal sealed class AnsweringNode : WireNode
{
    /// <summary>As a step: answered by a small message; its version says what was asked.</summary>
    public const int Noted = 1, Streamed = 2, Returned = 3;

    public override void Receive(IMessageLink back, object content)
    {
        switch (content)
        {
            case CheckpointKept small:
                Send(back, small);
                break;
            case Contribution { Step: Returned } tensor:
                Send(back, Tensor((int)tensor.Gradient.Value, Returned));
                break;
            case Contribution tensor:
                Send(back, Small(tensor.Step));
                break;
        }
    }
}
