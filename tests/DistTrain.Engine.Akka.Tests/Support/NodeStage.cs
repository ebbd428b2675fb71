using System.Collections.Immutable;
using Akka.Actor;
using Akka.TestKit;
using DistTrain.Learning;
using DistTrain.Numerics;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Akka.Tests;

/// <summary>A version that has come from all slices, as a worker holds it.</summary>
internal sealed record HeldVersion(
    RunId Run, Basis Basis, Assignment Assignment, ImmutableArray<TensorHandle> Parameters)
{
    public long Version => Basis.Version;
}

/// <summary>
/// A node without a cluster. All that is sent to a node goes to itself, tensors by the loopback as
/// they would come from others; the test is its worker.
/// </summary>
internal sealed class NodeStage
{
    private readonly NodeComputer _computer;
    private readonly List<ParametersPublished> _published = [];

    public NodeStage(TestKitBase kit, TrainingTask task, int slices, EngineHooks? hooks = null)
    {
        Self = LoopbackNode.AddressOf(kit.Sys);
        kit.Sys.ActorOf(NodeLogger.Props(Log), "log");
        IReadOnlyList<ParameterInterval> intervals =
            ParameterInterval.Cut(task.Layout.Count, slices);
        intervals.Count.ShouldBe(slices);
        Context = new RoleContext(
            task, new RunId(Guid.NewGuid()), RunPlanner.PlanOf(task, slices, 0, workers: 2),
            intervals, IsaSupport.Best, hooks ?? EngineHooks.None);
        Inbox = new NodeInbox(new NodeTensors(), Log);
        Links = new NodeLinks(Self, Inbox, LaneOffice.Start(kit.Sys, Inbox));
        Coordinator = kit.CreateTestProbe();
        Publications = kit.CreateTestProbe();
        Memory = new NodeWorkerMemory(
            intervals, TensorEncoding.Binary32, Context.Plan.Staleness, TensorMemory.Own);
        Inbox.Tensors.Worker = Memory;
        Inbox.Worker = new WorkerInbox(Memory, Publications);
        _computer = Context.NewComputer();
    }

    public Address Self { get; }

    public RoleContext Context { get; }

    public ListLog Log { get; } = new();

    public NodeInbox Inbox { get; }

    public NodeLinks Links { get; }

    /// <summary>Who leads, where the test does.</summary>
    public TestProbe Coordinator { get; }

    /// <summary>Hears what slices publish, once for all workers.</summary>
    public TestProbe Publications { get; }

    public NodeWorkerMemory Memory { get; }

    /// <summary>Told of each gradient that goes to a slice.</summary>
    public Action<int, Contribution>? Contributing { get; set; }

    public AkkaNodeOptions Options(TemporaryFolder folder) => new()
    {
        Data = new DataFolders(null, folder.Path),
        Hooks = Context.Hooks,
        Log = Log,
    };

    /// <summary>Waits until the next version is held in full. No time passes in the roles.
    /// </summary>
    public HeldVersion NextVersion()
    {
        HeldVersion? held = TryHold();
        while (held is null)
        {
            _published.Add(Publications.ExpectMsg<ParametersPublished>());
            held = TryHold();
        }

        return held;
    }

    /// <summary>A version that has come in full; null: none has.</summary>
    public HeldVersion? TryHold()
    {
        while (Publications.HasMessages)
        {
            _published.Add(Publications.ExpectMsg<ParametersPublished>());
        }

        IGrouping<Basis, ParametersPublished>? whole = _published
            .GroupBy(part => new Basis(part.Generation, part.Version))
            .FirstOrDefault(parts => parts.Count() == Context.Plan.Slices);
        if (whole is null)
        {
            return null;
        }

        _published.RemoveAll(part => new Basis(part.Generation, part.Version) == whole.Key);
        ParametersPublished[] bySlice = [.. whole.OrderBy(part => part.Slice.Value)];
        return new HeldVersion(
            bySlice[0].Run, whole.Key, bySlice[0].Assignment!,
            [.. bySlice.Select(part => part.Parameters)]);
    }

    /// <summary>What a worker's assignment gives it in the step of a version.</summary>
    public ImmutableArray<TreeNode> ShareOf(HeldVersion held, int worker) =>
        held.Version < Context.Plan.TotalSteps
            ? WorkDivision.NodesOf(
                held.Assignment, new WorkerId(worker), Context.Plan.MicrobatchesOf(held.Version))
            : [];

    /// <summary>A worker computes a node, and sends the gradient's parts to the slices.</summary>
    public void Contribute(HeldVersion held, TreeNode node, int worker)
    {
        Memory.TryBeginRead(held.Version, held.Parameters, out ReadOnlyMemory<float> values)
            .ShouldBeTrue();
        GradientBuffer buffer =
            Memory.Rent(new WorkerId(worker), held.Basis, held.Version, node);
        buffer.Finish(_computer.Compute(
            held.Version, node.Start, node.End, values, buffer.Values));
        Memory.EndRead(held.Parameters);
        ImmutableArray<TensorHandle> parts = Memory.HandlesOf(buffer);
        for (int slice = 0; slice < parts.Length; slice++)
        {
            var contribution = new Contribution(
                held.Run, held.Version, node, new WorkerId(worker), parts[slice], held.Basis);
            Contributing?.Invoke(slice, contribution);
            Links.To(Self).TrySend(contribution, recipient: slice);
        }
    }

    /// <summary>The parameters of a version, as a worker holds them.</summary>
    public string HashOf(HeldVersion held)
    {
        Memory.TryBeginRead(held.Version, held.Parameters, out ReadOnlyMemory<float> values)
            .ShouldBeTrue();
        string hash = ParameterHash.Sha256(values.Span);
        Memory.EndRead(held.Parameters);
        return hash;
    }
}
