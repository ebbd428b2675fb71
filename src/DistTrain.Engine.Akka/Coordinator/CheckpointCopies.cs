using Akka.Actor;
using DistTrain.Wire;

namespace DistTrain.Engine.Akka;

/// <summary>
/// Brings every checkpoint to the other heads: one file at a time to each, always the newest. A
/// head that is slow, or comes late, misses some and never the newest for long.
/// </summary>
/// <param name="node">Links.</param>
/// <param name="cluster">Which heads there are.</param>
/// <param name="files">This head's; null: the run writes none.</param>
/// <param name="run">Said to a head before each file: one that has come late has not heard it.
/// </param>
/// <param name="storeOf">The store of a head.</param>
internal sealed class CheckpointCopies(
    NodeContext node, IClusterView cluster, RunFiles? files, RunLed run,
    Func<Address, IActorRef> storeOf)
{
    /// <summary>A head that has not said in this time that it keeps a copy is sent the next one
    /// all the same.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Dictionary<Address, Copy> _copies = [];
    private long _newest = -1;

    /// <summary>Every other head has the newest checkpoint.</summary>
    public bool AreComplete => Others.All(head =>
        _copies.TryGetValue(head, out Copy? copy) && copy.Kept >= _newest);

    private IEnumerable<Address> Others => files is null || _newest < 0
        ? []
        : cluster.Up(NodePaths.HeadRole).Where(head => head != node.Links.Self);

    /// <summary>A checkpoint is in place here.</summary>
    public void OnSaved(long version, DateTimeOffset now)
    {
        _newest = Math.Max(_newest, version);
        Send(now);
    }

    /// <summary>Another head says that it keeps it, or why not.</summary>
    public void OnKept(Address head, CheckpointKept kept, DateTimeOffset now)
    {
        if (_copies.TryGetValue(head, out Copy? copy) && kept.Version == copy.Sent)
        {
            // One that it cannot keep is not sent again: the next one may fit its disk.
            copy.Kept = kept.Version;
            copy.SentAt = null;
        }

        Send(now);
    }

    /// <summary>Sends the newest to every head that has not got it and is not busy.</summary>
    public void Send(DateTimeOffset now)
    {
        ReadOnlyMemory<byte>? file = null;
        foreach (Address head in Others)
        {
            if (!_copies.TryGetValue(head, out Copy? copy))
            {
                _copies[head] = copy = new Copy();
            }

            bool isBusy = copy.SentAt is { } since && now - since < Patience;
            if (isBusy || copy.Kept >= _newest)
            {
                continue;
            }

            try
            {
                file ??= files!.ReadFile(_newest);
            }
            catch (CheckpointException e)
            {
                node.Log.Warning(e.Message);
                return;
            }

            (copy.Sent, copy.SentAt) = (_newest, now);
            storeOf(head).Tell(run);
            CheckpointSender.Send(
                _newest, file.Value, node.Links.To(head), node.Inbox.Tensors.Documents);
        }
    }

    private sealed class Copy
    {
        /// <summary>The version sent last.</summary>
        public long Sent { get; set; } = -1;

        /// <summary>When; null: it has been answered.</summary>
        public DateTimeOffset? SentAt { get; set; }

        /// <summary>The newest version that it is done with.</summary>
        public long Kept { get; set; } = -1;
    }
}
