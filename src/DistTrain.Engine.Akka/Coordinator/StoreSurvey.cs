using Akka.Actor;

namespace DistTrain.Engine.Akka;

/// <summary>What the heads keep, as a coordinator that begins asks them: it goes on with the run
/// that one of them knows, from the newest checkpoint that any of them has.</summary>
internal sealed class StoreSurvey
{
    private readonly HashSet<Address> _awaited;
    private readonly List<(Address Head, StoreDescribed Store)> _answers = [];
    private readonly Address _self;

    /// <param name="heads">Those to ask.</param>
    /// <param name="self">This head.</param>
    /// <param name="own">What it keeps itself.</param>
    public StoreSurvey(IEnumerable<Address> heads, Address self, HeadStore own)
    {
        _self = self;
        _awaited = [.. heads.Where(head => head != self)];
        _answers.Add((self, own.Describe(Id)));
    }

    public Guid Id { get; } = Guid.NewGuid();

    /// <summary>Heads that have not answered.</summary>
    public IReadOnlyCollection<Address> Awaited => _awaited;

    public void Add(Address head, StoreDescribed store)
    {
        if (store.Survey == Id && _awaited.Remove(head))
        {
            _answers.Add((head, store));
        }
    }

    /// <summary>A head that has gone, or does not send what it keeps, keeps nothing.</summary>
    public void Forget(Address head) =>
        _answers.RemoveAll(answer => answer.Head == head && head != _self);

    /// <summary>The run that was led last and is known; null: none was.</summary>
    public Guid? Run => _answers
        .Where(answer => answer.Store.Run != Guid.Empty)
        .OrderByDescending(answer => answer.Store.Coordinator)
        .ThenByDescending(answer => answer.Store.Version)
        .Select(answer => (Guid?)answer.Store.Run)
        .FirstOrDefault();

    /// <summary>The highest number of a coordinator before this one.</summary>
    public int Coordinator => _answers.Max(answer => answer.Store.Coordinator);

    /// <summary>The newest checkpoint of a run: of several heads' this one's own.</summary>
    /// <returns>−1: nobody has one.</returns>
    public (long Version, Address Head) NewestOf(Guid run) => _answers
        .Where(answer => answer.Store.Run == run)
        .OrderByDescending(answer => answer.Store.Version)
        .ThenByDescending(answer => answer.Head == _self)
        .Select(answer => (answer.Store.Version, answer.Head))
        .DefaultIfEmpty((-1, _self))
        .First();
}
