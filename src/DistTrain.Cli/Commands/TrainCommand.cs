using System.CommandLine;

namespace DistTrain.Cli;

/// <summary>disttrain train [RECIPE]</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        var command = new Command("train",
            "Trains a network. Without RECIPE: the quickstart on generated digits, nothing to "
            + "download.");
        var options = new TrainingOptions(command);
        HelpWithExamples.Install(command,
        [
            "disttrain train",
            "disttrain train keras-mlp-100 --data path/to/mnist --epochs 5 --workers 4",
            "disttrain train --layers 784-64:relu-10:softmax --out runs/small --json",
            "disttrain train --resume latest",
        ]);
        command.SetAction(parsed =>
        {
            var problems = new List<UsageProblem>();
            TrainRequest request = options.Read(parsed, isCluster: false, problems);
            UsageException.ThrowIfAny(problems);
            return TrainingSession.Run(request, options.Screen(parsed));
        });
        return command;
    }
}
