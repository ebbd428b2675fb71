using Akka.Actor;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Akka;

/// <summary>Gives slices to nodes: at the beginning, and when a node or a slice is lost.</summary>
/// <param name="placement">Where they are.</param>
/// <param name="members">The nodes.</param>
/// <param name="log">For people.</param>
internal sealed class SliceHosting(SlicePlacement placement, Members members, INodeLog log)
{
    /// <summary>A slice that throws again and again is not the machine's fault.</summary>
    public const int MostThrows = 3;

    /// <summary>A node that is up may host slices from before: so long it is waited for.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private bool _hasAsked;
    private int _throws;

    public SlicePlacement Placement => placement;

    /// <summary>A slice threw more often than can be chance.</summary>
    public bool HasThrownTooOften => _throws > MostThrows;

    /// <summary>Before the run is led: once all parameter servers that are up have said what they
    /// hold, the rest is given to them.</summary>
    /// <param name="dedicated">Nodes that do nothing else to wait for.</param>
    /// <param name="up">Those that the cluster knows, heads included.</param>
    /// <param name="waited">So far.</param>
    public void TryPlace(int dedicated, IReadOnlyList<Address> up, TimeSpan waited)
    {
        Member[] ready = [.. members.All.Where(member => !member.IsWorker && member.IsReady)];
        int free = ready.Count(member => !member.IsHead);
        if (free < dedicated && !_hasAsked)
        {
            _hasAsked = true;
            log.Information(
                $"waiting for {dedicated} parameter server{(dedicated == 1 ? "" : "s")}");
        }

        bool haveAll = up.All(address => Array.Exists(ready, m => m.Address == address));
        if (ready.Length > 0 && free >= dedicated && (haveAll || waited > Patience))
        {
            PlaceHomeless();
        }
    }

    /// <summary>Gives slices without a node to those that can host them, in turn.</summary>
    public void PlaceHomeless()
    {
        IReadOnlyList<Member> servers = members.Servers;
        if (servers.Count == 0)
        {
            return; // one will come
        }

        foreach (SliceId slice in placement.Homeless.ToArray())
        {
            Member server = servers[slice.Value % servers.Count];
            server.Node.Tell(placement.Give(slice, server));
        }
    }

    /// <summary>Tells nodes once more what they have not done.</summary>
    public void OrderAgain()
    {
        foreach (SliceId slice in placement.Awaited.ToArray())
        {
            placement.NodeOf(slice)!.Node.Tell(placement.Order(slice));
        }
    }

    /// <summary>A slice threw: it begins anew, on the same node.</summary>
    public void OnThrew(SliceId slice, string cause)
    {
        _throws++;
        Member? node = placement.NodeOf(slice);
        placement.Lose(slice, cause);
        if (node is not null)
        {
            HostSlice order = placement.Give(slice, node);
            node.Node.Tell(order);
        }
    }

    /// <summary>A node is gone, and its slices with it.</summary>
    /// <returns>False if it had none.</returns>
    public bool OnGone(Member node, string cause)
    {
        IReadOnlyList<SliceId> slices = placement.Of(node);
        foreach (SliceId slice in slices)
        {
            placement.Lose(slice, cause);
        }

        return slices.Count > 0;
    }
}
