using DistTrain.Learning;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine;

/// <summary>
/// The parameter slices that live on this node: their actors, and what connections bring and
/// fetch for them.
/// </summary>
internal sealed class HostedSlices
{
    /// <summary>Gradients that a slice keeps until it has applied their step. Memory is taken as
    /// they come: two for each worker are the rule.</summary>
    private const long MostGradientBytes = 8L << 30;

    private readonly Lock _gate = new();
    private readonly RoleContext _context;
    private readonly TensorEncoding _encoding;
    private readonly TensorMemory _memory;

    // Replaced, never changed: connections read it without a lock. By slice; null: not here.
    private volatile HostedSlice?[] _slices;

    /// <param name="context">The run.</param>
    /// <param name="encoding">As gradients are sent.</param>
    /// <param name="memory">Where parameters are made.</param>
    public HostedSlices(RoleContext context, TensorEncoding encoding, TensorMemory memory)
    {
        _memory = memory;
        _context = context;
        _encoding = encoding;
        _slices = new HostedSlice?[context.Plan.Slices];
    }

    /// <summary>The slices here.</summary>
    public IEnumerable<HostedSlice> All => _slices.OfType<HostedSlice>();

    public HostedSlice? Find(SliceId slice) =>
        slice.Value >= 0 && slice.Value < _slices.Length ? _slices[slice.Value] : null;

    /// <summary>A slice begins here, with nothing; one that was here before is gone.</summary>
    /// <param name="slice">Which slice.</param>
    /// <param name="make">Makes its role around its memory.</param>
    public HostedSlice Host(SliceId slice, Func<NodeSliceMemory, SliceHost> make)
    {
        var memory = new NodeSliceMemory(
            slice, _context.Intervals, _encoding, other => Find(other)?.Memory,
            MostGradientBytes, HandleUses.Next(), _memory);
        var hosted = new HostedSlice(slice, memory, make(memory));
        Find(slice)?.Retire();
        Replace(slice, hosted);
        return hosted;
    }

    /// <summary>A slice is here no more.</summary>
    public void Remove(SliceId slice)
    {
        Find(slice)?.Retire();
        Replace(slice, null);
    }

    /// <summary>Room for the tensor of a message to a slice.</summary>
    /// <returns>False if the slice is not here, or has no use for it.</returns>
    public bool TryRent(
        object message, TensorDescription tensor, out TensorHandle handle, out Memory<byte> room)
    {
        (handle, room) = (default, default);
        return Find(new SliceId(tensor.Recipient)) is { } slice && message switch
        {
            Contribution m => slice.Memory.Contributions.TryRent(m, tensor, out handle, out room),
            EvaluationContribution => slice.TryRentMetrics(tensor, Classes, out handle, out room),
            NormPartials m => slice.TryRentNorms(
                m, tensor, _context.Plan.ClipsGlobalNorm, out handle, out room),
            _ => false,
        };
    }

    /// <summary>A gradient has come in memory of another process.</summary>
    /// <returns>False: it is to be copied.</returns>
    public bool TryAdopt(TensorHandle tensor, BorrowedTensor from)
    {
        NodeHandle handle = NodeHandle.Of(tensor);
        return handle.Kind == TensorKind.Contributed
            && Find(new SliceId(handle.Slice)) is { } slice
            && slice.Memory.Contributions.TryAdopt(handle, from);
    }

    /// <summary>The rest of a tensor will not come.</summary>
    public void Abandon(TensorHandle tensor)
    {
        NodeHandle handle = NodeHandle.Of(tensor);
        Find(new SliceId(handle.Slice))?.Abandon(handle);
    }

    /// <summary>A message to a slice, its tensor received.</summary>
    /// <returns>Null if it was delivered; else why not.</returns>
    public string? TryDeliver(ParameterServerMessage message, int recipient)
    {
        if (Find(new SliceId(recipient)) is not { } slice)
        {
            return $"slice {recipient} is not here";
        }

        if (slice.Complete(message, Classes) is not { } complete)
        {
            return "its tensor is of no use any more";
        }

        slice.Deliver(complete);
        return null;
    }

    /// <summary>A connection is going to send parameters or norms.</summary>
    public TensorPayload Open(NodeHandle handle)
    {
        HostedSlice slice = _slices[handle.Slice]
            ?? throw new InvariantException($"slice {handle.Slice} is not here");
        return handle.Kind == TensorKind.Published
            ? slice.Memory.Published.Open(handle)
            : slice.Memory.OpenNorms(handle);
    }

    /// <summary>They have been sent, or never will be. The slice may be gone since.</summary>
    public void Close(NodeHandle handle)
    {
        if (handle.Kind == TensorKind.Published)
        {
            _slices[handle.Slice]?.Memory.Published.Close(handle);
        }
    }

    private void Replace(SliceId slice, HostedSlice? by)
    {
        lock (_gate)
        {
            HostedSlice?[] slices = [.. _slices];
            slices[slice.Value] = by;
            _slices = slices;
        }
    }

    private int Classes => _context.Task.Data.Training.Classes;
}
