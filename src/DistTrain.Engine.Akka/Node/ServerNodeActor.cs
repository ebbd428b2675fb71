using Akka.Actor;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Akka;

/// <summary>A parameter server's node, on a head or on its own: hosts the slices that the
/// coordinator places on it.</summary>
internal sealed class ServerNodeActor : NodeActor
{
    private ServerRun? _run;

    public ServerNodeActor(NodeContext node, TaskCompletionSource<NodeOutcome> outcome)
        : base(node, outcome)
    {
        Receive<HostSlice>(OnHost);
        Receive<SlicePlaces>(m => _run?.Take(m));
        Receive<RequestDiary>(_ => _run?.SendDiary());
        Receive<SliceThrew>(_ => SayAgain());
    }

    protected override bool IsWorker => false;

    protected override IEnumerable<SliceHeld> Slices => _run?.Held ?? [];

    public static Props Props(NodeContext node, TaskCompletionSource<NodeOutcome> outcome) =>
        global::Akka.Actor.Props.Create(() => new ServerNodeActor(node, outcome))
            .WithDispatcher(Dispatchers.Compute);

    /// <summary>What a slice throws leaves its state unknown: it is gone, and the coordinator
    /// decides where it begins anew.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(
        failure =>
        {
            _run?.OnThrew(Sender, failure);
            return Directive.Stop;
        });

    protected override void Prepare(Welcomed run)
    {
        if (_run is null || !_run.Is(run))
        {
            _run?.Close();
            _run = new ServerRun(run, Node, Context, Self);
        }

        _run.BecomeLedFrom(run.From);
        BecomeReady(run);
    }

    /// <summary>Slices that threw, until they begin anew.</summary>
    protected override void SayAgain()
    {
        foreach (SliceThrew threw in _run?.Thrown ?? [])
        {
            Node.Coordinator.Tell(threw);
        }
    }

    protected override void OnEnd()
    {
        _run?.Close();
        _run = null;
    }

    private void OnHost(HostSlice host)
    {
        if (_run?.Host(host) is { } refusal)
        {
            Node.Log.Debug($"HostSlice refused: {refusal}");
        }
    }
}
