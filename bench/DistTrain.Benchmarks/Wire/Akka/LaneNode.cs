using Akka.Actor;
using DistTrain.Engine;
using DistTrain.Engine.Akka;
using DistTrain.Learning;
using DistTrain.Wire;

namespace DistTrain.Benchmarks.Wire.Akka;

/// <summary>A node's actor system, with the settings that nodes have, whose lanes tell what comes
/// on them to a <see cref="WireNode"/>. It joins no cluster.</summary>
internal sealed class LaneNode : ILaneHandler, IDisposable
{
    private readonly WireNode _node;
    private readonly NodeSystem _system;
    private readonly LaneOffice _lanes;

    public LaneNode(WireNode node)
    {
        _node = node;
        _system = NodeSystem.Start(
            new AkkaNodeOptions { Data = DataFolders.FromEnvironment(), Log = new ErrorLog() },
            ["worker"], heads: 1);
        _lanes = LaneOffice.Start(_system.System, this);
    }

    public int Port => _system.Self.Port!.Value;

    public ITensorSource Source => _node.Source;

    /// <summary>The way to the node that listens there, on this machine.</summary>
    public IMessageLink To(int port) => _lanes.To(_system.Self.WithPort(port));

    public ITensorSink SinkFor(Address from) => _node;

    public void OnMessage(Address from, IncomingMessage message, IMessageLink back) =>
        _node.Receive(back, message.Content);

    public void OnRefused(Address from, string why) => throw new InvariantException(why);

    public void OnBroken(Address node, string why)
    {
    }

    public void OnFault(Exception e) => Environment.FailFast(e.Message, e);

    public void Dispose() => _system.Dispose();

    private sealed class ErrorLog : INodeLog
    {
        public void Information(string line)
        {
        }

        public void Warning(string line) => Console.Error.WriteLine(line);

        public void Debug(string line)
        {
        }
    }
}
