namespace DistTrain.Engine.Akka;

/// <summary>Which refusals are worth a line: each cause once a minute, since who is refused dials
/// again, and a stranger may dial as often as he likes.</summary>
/// <param name="now">Since any fixed moment.</param>
internal sealed class RefusalLog(Func<TimeSpan> now)
{
    private const int MostCauses = 64;
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, TimeSpan> _said = [];

    /// <returns>Whether to say it.</returns>
    public bool IsNews(string cause)
    {
        TimeSpan time = now();
        lock (_gate)
        {
            if (_said.TryGetValue(cause, out TimeSpan last) && time - last < Pause)
            {
                return false;
            }
            if (_said.Count >= MostCauses)
            {
                foreach (string old in _said.Where(s => time - s.Value >= Pause)
                    .Select(s => s.Key).ToList())
                {
                    _said.Remove(old);
                }
            }
            if (_said.Count >= MostCauses)
            {
                return false; // So many in a minute are one stranger's inventions.
            }
            _said[cause] = time;
            return true;
        }
    }
}
