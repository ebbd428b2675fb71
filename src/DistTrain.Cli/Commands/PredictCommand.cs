using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using DistTrain.Learning;
using Spectre.Console;

namespace DistTrain.Cli;

/// <summary>disttrain predict MODEL FILE…</summary>
internal static class PredictCommand
{
    /// <summary>A table has room for the probabilities of so many classes.</summary>
    private const int MaxColumns = 12;

    public static Command Create()
    {
        var command = new Command("predict",
            "Tells the class of samples and the probability of each class.");
        var model = new Argument<string>("MODEL") { Description = "A model.dtm or checkpoint" };
        var files = new Argument<string[]>("FILE")
        {
            Description = "PNG, PGM, an item of an IDX file (IDXFILE#17), or a CSV of rows",
            Arity = ArgumentArity.OneOrMore,
        };
        var isa = CommonOptions.Isa();
        var json = CommonOptions.Json();
        var verbose = CommonOptions.Verbose();
        command.Add(model);
        command.Add(files);
        foreach (Option option in new Option[] { isa, json, verbose })
        {
            command.Add(option);
        }
        HelpWithExamples.Install(command,
        [
            "disttrain predict runs/first/model.dtm digit.png",
            "disttrain predict runs/first/model.dtm t10k-images-idx3-ubyte.gz#17 rows.csv",
        ]);
        command.SetAction(parsed =>
        {
            var screen = CommonOptions.Screen(parsed, verbose: verbose);
            var kernels = TrainedModel.KernelsFor(parsed.GetValue(isa));
            var trained = TrainedModel.Read(parsed.GetValue(model)!);
            // All files are read before the first result: a bad one leaves no half table.
            var inputs = parsed.GetValue(files)!
                .SelectMany(f => PredictionInputs.Read(f, trained)).ToList();
            var predictor = new Predictor(trained.TaskFor(inputs[0].Sample), kernels);
            var outputs = new List<float[]>();
            foreach (var input in inputs)
            {
                var output = new float[trained.Classes];
                predictor.Predict(input.Sample, 0, trained.Parameters, output);
                outputs.Add(output);
            }
            if (parsed.GetValue(json))
            {
                screen.Result(FormatJson(trained, inputs, outputs));
            }
            else
            {
                Show(screen, inputs, outputs);
            }
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>The lowest index of the largest output.</summary>
    private static int ClassOf(float[] outputs) => Array.IndexOf(outputs, outputs.Max());

    private static string FormatJson(TrainedModel model, List<PredictionInput> inputs,
        List<float[]> outputs) => RunJson.Write(json =>
    {
        json.WriteString("model", model.Path);
        json.WriteStartArray("predictions");
        for (int i = 0; i < inputs.Count; i++)
        {
            json.WriteStartObject();
            json.WriteString("input", inputs[i].Name);
            json.WriteNumber("class", ClassOf(outputs[i]));
            WriteNumbers(json, outputs[i]);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    });

    private static void WriteNumbers(Utf8JsonWriter json, float[] numbers)
    {
        json.WriteStartArray("probabilities");
        foreach (float number in numbers)
        {
            json.WriteNumberValue(number);
        }
        json.WriteEndArray();
    }

    private static void Show(Screen screen, List<PredictionInput> inputs, List<float[]> outputs)
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumn("input");
        table.AddColumn(new TableColumn("class").RightAligned());
        table.AddColumn(new TableColumn("probability").RightAligned());
        int classes = outputs[0].Length;
        for (int c = 0; classes <= MaxColumns && c < classes; c++)
        {
            table.AddColumn(new TableColumn($"{c}").RightAligned());
        }
        for (int i = 0; i < inputs.Count; i++)
        {
            int best = ClassOf(outputs[i]);
            var row = new List<string>
            {
                Markup.Escape(inputs[i].Name), $"[bold]{best}[/]", Html.Real(outputs[i][best]),
            };
            row.AddRange(classes <= MaxColumns
                ? outputs[i].Select(p => p.ToString("F3", CultureInfo.InvariantCulture)) : []);
            table.AddRow([.. row]);
        }
        screen.Results.Write(table);
    }
}
