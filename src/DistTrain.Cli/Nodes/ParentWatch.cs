namespace DistTrain.Cli;

/// <summary>
/// Ends this process with the one that started it: that one holds the other end of standard input,
/// which the system closes however it dies.
/// </summary>
internal static class ParentWatch
{
    public static void Start() =>
        new Thread(Watch) { IsBackground = true, Name = "watching the parent" }.Start();

    private static void Watch()
    {
        using Stream input = Console.OpenStandardInput();
        byte[] nothing = new byte[64];
        while (input.Read(nothing) > 0)
        {
            // Nothing is said here; only the end counts.
        }
        Environment.Exit(ExitCode.RunFailed);
    }
}
