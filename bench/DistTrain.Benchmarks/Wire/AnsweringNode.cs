using DistTrain.Engine.Tcp;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Benchmarks.Wire;

/// <summary>Sends small messages back, and answers tensors as their step asks.</summary>
internal sealed class AnsweringNode : WireNode
{
    /// <summary>As a step: answered by a small message; its version says what was asked.</summary>
    public const int Noted = 1, Streamed = 2, Returned = 3;

    protected override void OnMessage(Link link, object content)
    {
        switch (content)
        {
            case CheckpointKept small:
                Send(link, small);
                break;
            case Contribution { Step: Returned } tensor:
                Send(link, Tensor((int)tensor.Gradient.Value, Returned));
                break;
            case Contribution tensor:
                Send(link, Small(tensor.Step));
                break;
        }
    }
}
