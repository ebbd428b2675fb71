using System.CommandLine;

namespace DistTrain.Cli;

/// <summary>disttrain cluster [RECIPE] --workers N: train with processes.</summary>
internal static class ClusterCommand
{
    public static Command Create()
    {
        var command = new Command("cluster",
            "Trains on processes of this machine: a head and its workers. The same as "
            + "train --engine tcp.");
        var options = new TrainingOptions(command);
        HelpWithExamples.Install(command,
        [
            "disttrain cluster --workers 4",
            "disttrain cluster ann-128-32 --workers 3 --parameter-server-nodes 2 --json",
            "disttrain cluster --resume latest --workers 2",
        ]);
        command.SetAction(parsed =>
        {
            var problems = new List<UsageProblem>();
            TrainRequest request = options.Read(parsed, isCluster: true, problems);
            UsageException.ThrowIfAny(problems);
            return TrainingSession.Run(request, options.Screen(parsed));
        });
        return command;
    }
}
