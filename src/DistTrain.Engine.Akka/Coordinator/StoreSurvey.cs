using Akka.Actor;

namespace DistTrain.Engine.Akka;

/// <summary>What the heads keep, as a coordinator that begins asks them: it goes on with the run
/// that one of them knows, from the newest checkpoint that any of them has.</summary>
internal sealed class StoreSurvey
{
    private readonly Dictionary<Address, StoreDescribed> _others = [];
    private readonly Address _self;
    private readonly HeadStore _own;

    /// <param name="self">This head.</param>
    /// <param name="own">What it keeps itself.</param>
    public StoreSurvey(Address self, HeadStore own) => (_self, _own) = (self, own);

    public Guid Id { get; } = Guid.NewGuid();

    /// <summary>A coordinator has led in this cluster.</summary>
    public bool IsLed => Answers.Any(answer => answer.Store.IsLed);

    private IEnumerable<(Address Head, StoreDescribed Store)> Answers =>
        _others.Select(other => (other.Key, other.Value)).Prepend((_self, _own.Describe(Id)));

    /// <summary>Heads that have not answered.</summary>
    /// <param name="heads">Those that there are.</param>
    public IReadOnlyList<Address> Awaited(IEnumerable<Address> heads) =>
        [.. heads.Where(head => head != _self && !_others.ContainsKey(head))];

    public void Add(Address head, StoreDescribed store)
    {
        if (store.Survey == Id)
        {
            _others[head] = store;
        }
    }

    /// <summary>A head that has gone, or does not send what it keeps, keeps nothing.</summary>
    public void Forget(Address head)
    {
        if (_others.ContainsKey(head))
        {
            _others[head] = new StoreDescribed(Id, Guid.Empty, -1, 0, IsLed: false);
        }
    }

    /// <summary>The run that was led last and is known; null: none was.</summary>
    public Guid? Run => Answers
        .Where(answer => answer.Store.Run != Guid.Empty)
        .OrderByDescending(answer => answer.Store.Coordinator)
        .ThenByDescending(answer => answer.Store.Version)
        .Select(answer => (Guid?)answer.Store.Run)
        .FirstOrDefault();

    /// <summary>The highest number of a coordinator before this one.</summary>
    public int Coordinator => Answers.Max(answer => answer.Store.Coordinator);

    /// <summary>The newest checkpoint of a run: of several heads' this one's own.</summary>
    /// <returns>−1: nobody has one.</returns>
    public (long Version, Address Head) NewestOf(Guid run) => Answers
        .Where(answer => answer.Store.Run == run)
        .OrderByDescending(answer => answer.Store.Version)
        .ThenByDescending(answer => answer.Head == _self)
        .Select(answer => (answer.Store.Version, answer.Head))
        .DefaultIfEmpty((-1, _self))
        .First();
}
