using BenchmarkDotNet.Running;
using DistTrain.Benchmarks.Clusters;
using DistTrain.Benchmarks.Compare;

// compare: ours beside the peers. cluster: several processes. Without arguments: a menu. With --filter: those that match; see
// ../README.md.
if (args is ["compare", .. string[] options])
    return CompareCommand.Run(options);
if (args is ["cluster", .. string[] clusterOptions])
    return ClusterCommand.Run(clusterOptions);

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
