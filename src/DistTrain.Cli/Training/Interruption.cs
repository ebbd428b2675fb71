using System.Runtime.InteropServices;

namespace DistTrain.Cli;

/// <summary>
/// Ctrl-C and SIGTERM. The first asks the run to finish its step and save; a second ends the
/// program at once. A process whose run can go on without it leaves on SIGTERM instead.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly CancellationTokenSource _leave = new();
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;
    private readonly Action _onFirst;
    private readonly Action? _onLeave;
    private int _signals;

    /// <param name="onFirst">Tells the user that the program has heard.</param>
    /// <param name="hearsCtrlC">False for a process whose parent, in the same terminal, hears
    /// Ctrl-C and decides.</param>
    /// <param name="onLeave">The same of SIGTERM, where that asks for <see cref="Leave"/>; null: it
    /// is as Ctrl-C.</param>
    public Interruption(Action onFirst, bool hearsCtrlC = true, Action? onLeave = null)
    {
        _onFirst = onFirst;
        _onLeave = onLeave;
        _interrupt = PosixSignalRegistration.Create(
            PosixSignal.SIGINT, hearsCtrlC ? OnSignal : context => context.Cancel = true);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
    }

    public CancellationToken Token => _source.Token;

    /// <summary>This process leaves; what it works for goes on.</summary>
    public CancellationToken Leave => _leave.Token;

    public bool IsRequested => _source.IsCancellationRequested;

    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        _source.Dispose();
        _leave.Dispose();
    }

    private void First(PosixSignal signal)
    {
        if (signal == PosixSignal.SIGTERM && _onLeave is { } onLeave)
        {
            onLeave();
            _leave.Cancel();
            return;
        }
        _onFirst();
        _source.Cancel();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _signals) == 1)
        {
            First(context.Signal);
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
