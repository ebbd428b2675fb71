using DistTrain.Protocol;

namespace DistTrain.Simulation;

/// <summary>One role in one process: hands it messages and ticks, and carries its effects out.
/// </summary>
internal abstract class RoleHost
{
    private readonly IRole _role;
    private long _busyUntil;

    protected RoleHost(Process process, Address address, IRole role)
    {
        Process = process;
        Address = address;
        _role = role;
        World = process.World;
        World.Watch.Hosting(this, begins: true);
    }

    public Process Process { get; }

    public Address Address { get; }

    /// <summary>The process ended, or the role is not here any more.</summary>
    public bool IsGone { get; private set; }

    protected World World { get; }

    public void Leave()
    {
        if (!IsGone)
        {
            IsGone = true;
            World.Watch.Hosting(this, begins: false);
        }
    }

    public void Deliver(object message) => Act(message);

    public void Tick() => Act(null);

    /// <summary>Carries out what is not sending.</summary>
    protected abstract void Execute(Effect effect);

    /// <summary>An answer to this role's own effect, when the work is done: one work at a time.
    /// </summary>
    protected void Answer(long micros, object message)
    {
        long begin = Math.Max(World.Now, _busyUntil);
        _busyUntil = begin + (micros * Process.Node.Slowness);
        World.PostAnswer(this, _busyUntil - World.Now, message);
    }

    /// <summary>An answer that keeps nothing else waiting.</summary>
    protected void AnswerAside(long micros, object message) =>
        World.PostAnswer(this, micros, message);

    private void Act(object? message)
    {
        List<Effect> effects = World.Effects;
        effects.Clear();
        try
        {
            if (message is null)
            {
                _role.Tick(effects);
            }
            else
            {
                _role.Handle(message, effects);
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Whatever it is, the role's node would be gone: a bug, of which the seed tells.
            throw new CheckFailedException(
                "invariant", $"{Address}, at {message?.GetType().Name ?? "a tick"}: {e.Message} "
                + $"({e.TargetSite?.DeclaringType?.Name}.{e.TargetSite?.Name})", e);
        }

        if (effects.Count == 0 && message is null)
        {
            return;
        }

        World.Watch.Handled(this, message, effects);
        for (int i = 0; i < effects.Count && !IsGone; i++)
        {
            Send(effects[i]);
        }
    }

    private void Send(Effect effect)
    {
        switch (effect)
        {
            case SendToCoordinator e:
                Process.SendToCoordinator(e.Message);
                break;
            case SendToSlice e:
                Process.SendToSlice(e.Slice.Value, e.Message);
                break;
            case SendToWorker e:
                Process.SendToWorker(e.Worker.Value, e.Message);
                break;
            case SendToAllWorkers e:
                if (e.Message is ParametersPublished published)
                {
                    World.OnPublished(published.Version);
                }

                for (int i = 0; i < World.Scenario.Workers; i++)
                {
                    Process.SendToWorker(i, e.Message);
                }

                break;
            case Refused or Report:
                break;
            default:
                Execute(effect);
                break;
        }
    }
}
