using Akka.Actor;

namespace DistTrain.Engine.Akka;

/// <summary>A role within an actor of Akka.NET: hears a message, and then the results of what it
/// was asked to do for it.</summary>
/// <param name="role">The role.</param>
/// <param name="self">The actor.</param>
internal sealed class RoleRunner<T> : IOwnMailbox<T>
    where T : class
{
    private readonly Queue<T> _answers = new();
    private readonly Role<T> _role;
    private readonly IActorRef _self;

    public RoleRunner(Role<T> role, IActorRef self)
    {
        _role = role;
        _self = self;
        role.Own = this;
    }

    public void Receive(T message)
    {
        _role.Receive(message);
        HearAnswers();
    }

    public void Tick()
    {
        _role.OnTick();
        HearAnswers();
    }

    void IOwnMailbox<T>.Answer(T message) => _answers.Enqueue(message);

    void IOwnMailbox<T>.Post(T message) => _self.Tell(message);

    private void HearAnswers()
    {
        while (_answers.TryDequeue(out T? answer))
        {
            _role.Receive(answer);
        }
    }
}
