using BenchmarkDotNet.Running;

// Without arguments: a menu. With --filter: those that match; see ../README.md.
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
