using DistTrain.Protocol;

namespace DistTrain.Simulation;

/// <summary>
/// Watches a simulated cluster from outside: what roles were told and what they answered, what
/// slices hold, what is on disks. It sees no field of a role.
/// </summary>
internal abstract class Observer
{
    /// <summary>A role handled a message (null: a tick) and these effects are about to be
    /// carried out.</summary>
    public virtual void OnHandled(
        long time, RoleHost role, object? message, IReadOnlyList<Effect> effects)
    {
    }

    /// <summary>A slice's state was changed by an effect: loaded, updated, best kept, judged.
    /// </summary>
    public virtual void OnSliceChanged(long time, RoleHost role, Effect by, ISliceState state)
    {
    }

    /// <summary>An evaluation was summed up.</summary>
    public virtual void OnEvaluated(long time, ReduceEvaluation evaluation, Verdict verdict)
    {
    }

    /// <summary>A checkpoint was renamed into place.</summary>
    public virtual void OnWritten(long time, int node, DtmFile file)
    {
    }

    /// <summary>A role begins or ends to exist.</summary>
    public virtual void OnHosting(long time, RoleHost role, bool begins)
    {
    }

    /// <summary>A fault begins, or is over.</summary>
    public virtual void OnFault(long time, Fault fault, bool begins)
    {
    }

    /// <summary>The engine of a node did something worth a line.</summary>
    public virtual void OnEngine(long time, int node, string what)
    {
    }

    /// <summary>A coordinator said that the run is over.</summary>
    public virtual void OnEnded(long time, RoleHost coordinator, EndRun end)
    {
    }
}
