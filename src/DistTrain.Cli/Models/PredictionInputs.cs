using System.Globalization;
using DistTrain.Learning;

namespace DistTrain.Cli;

/// <summary>One sample to be asked about, and what to call it.</summary>
/// <param name="Name">The file, with the item or the line where it holds several.</param>
/// <param name="Sample">A set of this one sample; its label means nothing.</param>
internal sealed record PredictionInput(string Name, Dataset Sample);

/// <summary>Reads the samples that a user names for <c>predict</c>.</summary>
internal static class PredictionInputs
{
    /// <summary>All samples of an argument; throws <see cref="DataException"/>.</summary>
    public static IReadOnlyList<PredictionInput> Read(string argument, TrainedModel model) =>
        ImageFile.TryRead(argument) is { } image
            ? [OfImage(argument, image, model)]
            : OfCsv(argument, model);

    private static PredictionInput OfImage(string name, GrayImage image, TrainedModel model)
    {
        bool fits = model.ImageShape is { } shape
            ? shape == (image.Rows, image.Columns)
            : image.Pixels.Length == model.Features;
        if (!fits)
        {
            string wanted = model.ImageShape is { } s
                ? $"pictures of {s.Columns} x {s.Rows}" : $"{model.Features} numbers";
            throw new DataException($"{name}: is {image.Columns} x {image.Rows}, but the model "
                + $"takes {wanted}. Scale the picture to that, light strokes on black.");
        }
        if (!model.ForBytes)
        {
            throw new DataException(
                $"{name}: the model takes CSV rows, not pictures. Give a CSV file.");
        }
        return new PredictionInput(name, new InMemoryDataset(name, image.Pixels, [0],
            model.Features, 1, (image.Rows, image.Columns)));
    }

    private static List<PredictionInput> OfCsv(string path, TrainedModel model)
    {
        var inputs = new List<PredictionInput>();
        using var reader = new StreamReader(path);
        int number = 0;
        while (reader.ReadLine() is { } line)
        {
            number++;
            string[] fields = line.Split(',');
            bool isHeader = number == 1 && !double.TryParse(fields[0].Trim(' ', '"'),
                NumberStyles.Float, CultureInfo.InvariantCulture, out _);
            if (line.Trim().Length > 0 && !(isHeader && fields.Length >= model.Features))
            {
                inputs.Add(OfRow($"{path}:{number}", fields, model));
            }
        }
        return inputs.Count > 0
            ? inputs
            : throw new DataException($"{path}: holds no rows. Put one sample on each line.");
    }

    /// <summary>The numbers of a sample, or a label before them, which is put aside.</summary>
    private static PredictionInput OfRow(string name, string[] fields, TrainedModel model)
    {
        int extra = fields.Length - model.Features;
        if (extra is not (0 or 1))
        {
            throw new DataException($"{name}: has {fields.Length} columns, but the model takes "
                + $"{model.Features} numbers. Give a PNG, a PGM, IDXFILE#17, or such CSV rows.");
        }
        var numbers = new float[model.Features];
        for (int i = 0; i < numbers.Length; i++)
        {
            string field = fields[i + extra].Trim(' ', '"');
            if (!float.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture,
                out numbers[i]) || !float.IsFinite(numbers[i]))
            {
                throw new DataException($"{name}: column {i + extra + 1} is \"{field}\", not a "
                    + "number. Write numbers like 0.5.");
            }
        }
        if (!model.ForBytes)
        {
            return new PredictionInput(
                name, new InMemoryDataset(name, numbers, [0], model.Features, 1));
        }
        if (numbers.Any(n => n is < 0 or > 255 || n != MathF.Floor(n)))
        {
            throw new DataException(
                $"{name}: the model takes pixels. Write whole numbers 0 to 255.");
        }
        return new PredictionInput(name, new InMemoryDataset(
            name, Array.ConvertAll(numbers, n => (byte)n), [0], model.Features, 1));
    }
}
