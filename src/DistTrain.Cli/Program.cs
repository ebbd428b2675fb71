return DistTrain.Cli.CommandLine.Run(args);
