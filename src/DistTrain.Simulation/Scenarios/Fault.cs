namespace DistTrain.Simulation;

/// <summary>A fault as data, so that a scenario can be written down, cut and replayed.</summary>
/// <param name="Kind">What goes wrong.</param>
/// <param name="AfterVersion">It begins once this version was published first; 0: at the run's
/// start.</param>
/// <param name="DelayMicros">Time between that and the fault.</param>
/// <param name="ForMicros">How long it lasts; 0 where it strikes once.</param>
/// <param name="Nodes">The nodes that it strikes, by bit; of a link, the senders.</param>
/// <param name="Others">Of a link, the receivers; both ways, but for
/// <see cref="FaultKind.OneWay"/>.</param>
/// <param name="Amount">Loss, duplication and reorder: per mille of the messages; slow: a factor;
/// late, reorder and slow link: microseconds besides.</param>
internal sealed record Fault(
    FaultKind Kind, long AfterVersion, long DelayMicros, long ForMicros, int Nodes, int Others,
    long Amount)
{
    /// <summary>It is about messages, between <see cref="Nodes"/> and <see cref="Others"/>.
    /// </summary>
    public bool IsOfLinks => Kind is FaultKind.Loss or FaultKind.Duplication
        or FaultKind.Reorder or FaultKind.SlowLink or FaultKind.Partition or FaultKind.OneWay;

    public bool IsCrash => Kind is FaultKind.Crash or FaultKind.CrashAndLoseDisk
        or FaultKind.CrashAndTearFile;

    public bool Strikes(int node) => (Nodes & (1 << node)) != 0;

    /// <summary>Whether a message is on its way through it.</summary>
    public bool StrikesLink(int from, int to)
    {
        bool forth = Has(Nodes, from) && Has(Others, to);
        bool back = Has(Others, from) && Has(Nodes, to);
        return forth || (back && Kind != FaultKind.OneWay);
    }

    private static bool Has(int mask, int node) => (mask & (1 << node)) != 0;
}
