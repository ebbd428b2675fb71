using System.CommandLine;
using DistTrain.Learning;
using Spectre.Console;

namespace DistTrain.Cli;

/// <summary>disttrain summary RECIPE|MODEL</summary>
internal static class SummaryCommand
{
    private const int BytesPerNumber = 4;

    public static Command Create()
    {
        var command = new Command("summary",
            "Shows a network: layers, output shapes, parameters, work and memory.");
        var what = new Argument<string>("RECIPE|MODEL")
        {
            Description = "A recipe, a model.dtm, or layers like 784-128-32-10",
        };
        var verbose = CommonOptions.Verbose();
        command.Add(what);
        command.Add(verbose);
        HelpWithExamples.Install(command,
        [
            "disttrain summary ann-128-32",
            "disttrain summary 784-128:relu-10:softmax",
        ]);
        command.SetAction(parsed =>
        {
            var (name, recipe, inputs) = Read(parsed.GetValue(what)!);
            Show(CommonOptions.Screen(parsed, verbose: verbose), name, recipe, inputs);
            return ExitCode.Done;
        });
        return command;
    }

    private static (string Name, Recipe Recipe, int Inputs) Read(string what)
    {
        if (what.EndsWith(".dtm", StringComparison.OrdinalIgnoreCase))
        {
            var model = TrainedModel.Read(what);
            return ($"{what}: {model.Recipe.Name}, step {model.Version:N0}, trained on "
                + model.DataName, model.Recipe, model.Features);
        }
        bool isLayers = what.Length > 0 && char.IsAsciiDigit(what[0]) && what.Contains('-');
        if (isLayers && RecipeLocator.TryFind(what) is null)
        {
            var (inputs, layers) = LayersText.Parse(what);
            return (what, new Recipe { Name = what, Layers = layers }, inputs);
        }
        var recipe = RecipeLocator.Read(what, []).Recipe;
        return (recipe.Name, recipe, recipe.InputFeatures
            ?? throw new CommandException(ExitCode.BadUsage,
                $"the recipe {recipe.Name} leaves its inputs to the data",
                "add \"inputFeatures\" to it"));
    }

    private static void Show(Screen screen, string name, Recipe recipe, int inputs)
    {
        var layout = ParameterLayout.For(recipe.Layers, inputs);
        screen.Result(name);
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumn("layer");
        table.AddColumn("activation");
        table.AddColumn(new TableColumn("output").RightAligned());
        table.AddColumn(new TableColumn("parameters").RightAligned());
        table.AddColumn(new TableColumn("FLOPs a sample").RightAligned());
        table.AddRow("input", "", $"(batch, {inputs})", "0", "0");
        long flops = 0;
        for (int i = 0; i < recipe.Layers.Count; i++)
        {
            var layer = recipe.Layers[i];
            var weight = layout.Weight(i);
            long work = FlopsOf(weight);
            flops += work;
            string dropout = layer.Dropout > 0 ? $", dropout {layer.Dropout}" : "";
            table.AddRow($"dense {i}",
                RecipeNames.Activations.Of(layer.Activation) + dropout,
                $"(batch, {layer.Units})",
                Html.Count(weight.Length + layout.Bias(i).Length), Html.Count(work));
        }
        screen.Results.Write(table);
        ShowTotals(screen, recipe, layout, flops);
    }

    /// <summary>A multiplication and an addition for each weight; the bias is an addition.
    /// </summary>
    private static long FlopsOf(ParameterView weight) =>
        (2L * weight.Rows * weight.Columns) + weight.Columns;

    private static void ShowTotals(
        Screen screen, Recipe recipe, ParameterLayout layout, long forward)
    {
        // Backwards every layer but the first also computes the gradient of its input.
        long training = (3 * forward) - FlopsOf(layout.Weight(0));
        long parameters = (long)layout.Count * BytesPerNumber;
        screen.Result($"parameters      {Html.Count(layout.Count)}");
        screen.Result($"FLOPs a sample  {Html.Count(forward)} forward, about "
            + $"{Html.Count(training)} to train");
        screen.Result($"memory          {Bytes(parameters)} parameters, "
            + $"{Bytes((2 + recipe.Optimizer.Moments) * parameters)} with one gradient and "
            + $"{RecipeNames.Optimizers.Of(recipe.Optimizer.Kind)}'s state");
    }

    private static string Bytes(long bytes) => bytes < 1 << 20
        ? $"{bytes / 1024.0:F1} KiB" : $"{bytes / 1048576.0:F1} MiB";
}
