using BenchmarkDotNet.Running;
using DistTrain.Benchmarks.Compare;

// compare: ours beside the peers. Without arguments: a menu. With --filter: those that match; see
// ../README.md.
if (args is ["compare", .. string[] options])
    return CompareCommand.Run(options);

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
