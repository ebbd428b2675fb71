using Akka.Actor;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Akka;

/// <summary>What the nodes hear of the run beside the protocol: what it is, and who is where.
/// </summary>
/// <param name="parts">Of the lead.</param>
/// <param name="now">The time.</param>
internal sealed class NodeNews(LeadParts parts, Func<DateTimeOffset> now)
{
    private static readonly TimeSpan WelcomeAgain = TimeSpan.FromSeconds(2);

    private long _number = (long)parts.Start.Number << 32;

    /// <summary>Sends a node the run, unless that is on its way.</summary>
    public void Welcome(Member member)
    {
        if (now() - member.WelcomedAt < WelcomeAgain)
        {
            return;
        }

        member.WelcomedAt = now();
        Documents documents = parts.Node.Inbox.Tensors.Documents;
        TensorHandle description =
            documents.Add(TensorEncoding.Bytes, parts.Head.Description);
        documents.TrySend(
            parts.Node.Links.To(member.Address),
            new Welcome(parts.Start.Run, member.Ordinal, description), description);
    }

    /// <summary>To each slice where the workers are, to all where the slices are: before any
    /// message that rests on it.</summary>
    public void TellPlaces()
    {
        Member[] workers = [.. parts.Members.Workers];
        SlicePlaces slices = parts.Placement.ToMessage();
        var places = new WorkerPlaces(
            ++_number, [.. workers.Select(worker => worker.Ordinal)],
            [.. workers.Select(worker => NodeLinks.NameOf(worker.Address))]);
        foreach (IActorRef slice in parts.Placement.Actors)
        {
            slice.Tell(places);
            slice.Tell(slices);
        }

        foreach (Member member in parts.Members.All)
        {
            member.Node.Tell(slices);
        }
    }
}
