using BenchmarkDotNet.Running;
using DistTrain.Benchmarks.Clusters;
using DistTrain.Benchmarks.Compare;
using DistTrain.Benchmarks.Threads;
using DistTrain.Benchmarks.Wire;

// compare: ours beside the peers. cluster: several processes. wire: links between processes.
// threads: of one process.
// Without arguments: a menu. With --filter: those that match; see ../README.md.
if (args is ["compare", .. string[] options])
    return CompareCommand.Run(options);
if (args is ["cluster", .. string[] clusterOptions])
    return ClusterCommand.Run(clusterOptions);
if (args is ["threads", .. string[] threadsOptions])
    return ThreadsCommand.Run(threadsOptions);
if (args is [WireCommand.PeerArgument, .. string[] kind])
    return WirePeer.Run(kind);
if (args is ["wire", .. string[] wireOptions])
    return WireCommand.Run(wireOptions);

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
