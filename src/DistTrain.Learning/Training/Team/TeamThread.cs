namespace DistTrain.Learning;

/// <summary>One of a team's threads besides the caller's: does its part of every call.</summary>
internal sealed class TeamThread
{
    private readonly ComputeTeam _team;
    private readonly int _member;
    private readonly ThreadPark _park;
    private readonly Func<bool> _isCalled;
    private readonly Thread _thread;
    private int _callsSeen;

    /// <param name="team">Whose calls it hears.</param>
    /// <param name="member">Its number, from 1: the caller is 0.</param>
    /// <param name="name">Of the thread.</param>
    /// <param name="spins">As of <see cref="ThreadPark"/>.</param>
    public TeamThread(ComputeTeam team, int member, string name, bool spins)
    {
        _team = team;
        _member = member;
        _park = new ThreadPark(spins);
        _isCalled = () => _team.Calls != _callsSeen;
        _thread = new Thread(Run) { IsBackground = true, Name = name };
    }

    public void Start() => _thread.Start();

    /// <summary>After a call was counted.</summary>
    public void Wake() => _park.Wake();

    public void Join() => _thread.Join();

    private void Run()
    {
        while (true)
        {
            _park.WaitUntil(_isCalled);
            _callsSeen = _team.Calls;
            if (_team.HasEnded)
            {
                return;
            }

            _team.Work(_member, _callsSeen);
        }
    }
}
