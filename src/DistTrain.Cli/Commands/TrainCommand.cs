using System.CommandLine;
using DistTrain.Learning;

namespace DistTrain.Cli;

/// <summary>disttrain train [RECIPE]</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        var command = new Command("train",
            "Trains a network. Without RECIPE: the quickstart on generated digits, nothing to "
            + "download.");
        var recipe = new Argument<string?>("RECIPE")
        {
            Description = "A recipe file, or the name of a shipped one: "
                + string.Join(", ", RecipeLocator.ShippedNames),
            Arity = ArgumentArity.ZeroOrOne,
        };
        command.Add(recipe);
        var fields = new List<(RecipeField Field, Option<string?> Option)>();
        foreach (var field in RecipeFields.All.Where(f => f.Option is not null))
        {
            var option = CommonOptions.Text(field.Option!, field.ValueName, field.Help);
            fields.Add((field, option));
            command.Add(option);
        }
        var resume = CommonOptions.Text("--resume", "DIR|latest",
            "Continue a run, to the bits it would have had without the break");
        var folder = CommonOptions.Text("--out", "DIR",
            "The run's folder (default: runs/<time>-<name>)");
        var json = CommonOptions.Json();
        var quiet = CommonOptions.Quiet();
        var verbose = CommonOptions.Verbose();
        foreach (Option option in new Option[] { resume, folder, json, quiet, verbose })
        {
            command.Add(option);
        }
        HelpWithExamples.Install(command,
        [
            "disttrain train",
            "disttrain train keras-mlp-100 --data path/to/mnist --epochs 5 --workers 4",
            "disttrain train --layers 784-64:relu-10:softmax --out runs/small --json",
            "disttrain train --resume latest",
        ]);
        command.SetAction(parsed => TrainingSession.Run(
            new TrainRequest(
                parsed.GetValue(recipe), Overrides(parsed, fields), parsed.GetValue(resume),
                parsed.GetValue(folder), parsed.GetValue(json)),
            CommonOptions.Screen(parsed, quiet, verbose)));
        return command;
    }

    private static List<RecipeOverride> Overrides(
        ParseResult parsed, List<(RecipeField Field, Option<string?> Option)> fields) =>
    [
        .. from pair in fields
           let text = parsed.GetValue(pair.Option)
           where text is not null
           select new RecipeOverride(pair.Field.Key, pair.Option.Name, text),
    ];
}
