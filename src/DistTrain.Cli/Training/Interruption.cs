using System.Runtime.InteropServices;

namespace DistTrain.Cli;

/// <summary>
/// Ctrl-C and SIGTERM. The first asks the run to finish its step and save; a second ends the
/// program at once.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;
    private readonly Action _onFirst;
    private int _signals;

    /// <param name="onFirst">Tells the user that the program has heard.</param>
    /// <param name="hearsCtrlC">False for a process whose parent, in the same terminal, hears
    /// Ctrl-C and decides.</param>
    public Interruption(Action onFirst, bool hearsCtrlC = true)
    {
        _onFirst = onFirst;
        _interrupt = PosixSignalRegistration.Create(
            PosixSignal.SIGINT, hearsCtrlC ? OnSignal : context => context.Cancel = true);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
    }

    public CancellationToken Token => _source.Token;

    public bool IsRequested => _source.IsCancellationRequested;

    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        _source.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _signals) == 1)
        {
            _onFirst();
            _source.Cancel();
            return;
        }
        if (Screen.IsLive)
        {
            // The live bar hides the cursor.
            Console.Error.Write("\e[?25h\n");
        }
        Environment.Exit(ExitCode.Interrupted);
    }
}
