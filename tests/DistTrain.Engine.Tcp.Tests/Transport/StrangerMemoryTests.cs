using System.Diagnostics;
using System.Globalization;

namespace DistTrain.Engine.Tcp.Tests;

public sealed class StrangerMemoryTests
{
    private const int LimitMilliseconds = 60_000;

    [Fact]
    public void A_stranger_costs_a_few_kilobytes()
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            RedirectStandardOutput = true,
        };
        start.ArgumentList.Add(typeof(StrangerChild).Assembly.Location);
        start.ArgumentList.Add(StrangerChild.Verb);
        using Process child = Process.Start(start)!;
        string output = child.StandardOutput.ReadToEnd();
        child.WaitForExit(LimitMilliseconds).ShouldBeTrue();
        child.ExitCode.ShouldBe(0, output);
        long.Parse(output, CultureInfo.InvariantCulture).ShouldBeInRange(100, 24 << 10);
    }
}
