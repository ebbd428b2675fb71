using DistTrain.Protocol;

namespace DistTrain.Simulation;

/// <summary>Everything that is loaded, updated, evaluated, written or ended with is what the
/// plain loop gives.</summary>
internal sealed class OracleCheck(IComputation computation) : Observer
{
    private const string Name = "oracle";

    private readonly Oracle _oracle = computation.Oracle;

    public override void OnSliceChanged(
        long time, RoleHost role, Effect by, ISliceState state)
    {
        long? expected = _oracle.ParametersOf(state.Version, role.Address.Id);
        if (state.ParametersHash != expected)
        {
            throw new CheckFailedException(
                Name, $"{role.Address} holds a wrong version {state.Version} after "
                + by.GetType().Name);
        }
    }

    public override void OnEvaluated(long time, ReduceEvaluation evaluation, Verdict verdict)
    {
        if (verdict != _oracle.VerdictOf(evaluation.Set, evaluation.Version))
        {
            throw new CheckFailedException(
                Name, $"the evaluation of version {evaluation.Version} on the {evaluation.Set} "
                + "set is not the plain loop's");
        }
    }

    public override void OnWritten(long time, int node, DtmFile file)
    {
        if (!_oracle.IsState(file.Version, file.Slices))
        {
            throw new CheckFailedException(
                Name, $"the checkpoint of step {file.Version} is not the run's state there");
        }
    }

    public override void OnEnded(long time, RoleHost coordinator, EndRun end)
    {
        if (end.Outcome != RunOutcome.Completed)
        {
            return;
        }

        if (end.Version != _oracle.FinalVersion)
        {
            throw new CheckFailedException(
                Name, $"the run ends at version {end.Version}, not {_oracle.FinalVersion}");
        }
    }
}
