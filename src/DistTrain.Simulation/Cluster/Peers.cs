namespace DistTrain.Simulation;

/// <summary>When a process last heard of each node, and which process it was.</summary>
internal sealed class Peers
{
    private const long SuspicionMicros = EngineTimes.SuspicionTicks * Clock.Tick;

    private readonly long[] _heard;
    private readonly int[] _processes;

    public Peers(int nodes)
    {
        _heard = new long[nodes];
        _processes = new int[nodes];
        Array.Fill(_heard, long.MinValue / 2);
    }

    public void Hear(int node, int process, long now)
    {
        // A late heartbeat of an older process tells nothing.
        if (process >= _processes[node])
        {
            _heard[node] = now;
            _processes[node] = process;
        }
    }

    public bool IsAlive(int node, long now) => now - _heard[node] <= SuspicionMicros;

    /// <summary>The newest process heard of; 0: none yet.</summary>
    public int ProcessOf(int node) => _processes[node];

    public void Forget(int node) => _heard[node] = long.MinValue / 2;
}
