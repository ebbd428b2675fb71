using System.Collections.Immutable;
using DistTrain.Protocol;

namespace DistTrain.Simulation.Tests;

/// <summary>A deliberate mistake: what is made wrong of the product's roles, or of the engine's
/// arithmetic. What is null stays as it is.</summary>
/// <param name="Name">Of its file among the shrunk ones, too.</param>
/// <param name="What">What is wrong, for the table.</param>
internal sealed record Bug(string Name, string What) : IRoleFactory
{
    /// <summary>From the role, the run's shape and the coordinator's number.</summary>
    public Func<IRole, RunPlan, int, IRole>? Coordinator { get; init; }

    public Func<IRole, IRole>? Slice { get; init; }

    public Func<IRole, IRole>? Worker { get; init; }

    /// <summary>From the numbers of a slice and which slice it is.</summary>
    public Func<ISliceState, int, ISliceState>? State { get; init; }

    /// <summary>What the checks say of a cluster that has it; null: nothing.</summary>
    public CheckFailedException? Run(Scenario scenario)
    {
        IComputation computation = new SymbolicComputation(scenario.Plan, scenario.Patience);
        return SimulatedRun.Run(
            scenario, this, State is null ? computation : new BrokenComputation(computation, State))
            .Failure;
    }

    public override string ToString() => Name;

    IRole IRoleFactory.NewCoordinator(RunId run, RunPlan plan, CoordinatorOptions options)
    {
        IRole role = ProductRoles.Instance.NewCoordinator(run, plan, options);
        return Coordinator?.Invoke(role, plan, options.Number) ?? role;
    }

    IRole IRoleFactory.NewParameterServer(
        RunId run, RunPlan plan, SliceId slice, long incarnation)
    {
        IRole role = ProductRoles.Instance.NewParameterServer(run, plan, slice, incarnation);
        return Slice?.Invoke(role) ?? role;
    }

    IRole IRoleFactory.NewWorker(RunId run, RunPlan plan, WorkerId worker)
    {
        IRole role = ProductRoles.Instance.NewWorker(run, plan, worker);
        return Worker?.Invoke(role) ?? role;
    }

    private sealed class BrokenComputation(
        IComputation inner, Func<ISliceState, int, ISliceState> how) : IComputation
    {
        public Oracle Oracle => inner.Oracle;

        public string FinalHash => inner.FinalHash;

        public ISliceState NewSlice(int slice) => how(inner.NewSlice(slice), slice);

        public ImmutableArray<TensorHandle> Gradient(
            long step, TreeNode node, ImmutableArray<TensorHandle> parameters) =>
            inner.Gradient(step, node, parameters);

        public TensorHandle Metrics(
            EvaluationSet set, long version, TreeNode node,
            ImmutableArray<TensorHandle> parameters) =>
            inner.Metrics(set, version, node, parameters);
    }
}
