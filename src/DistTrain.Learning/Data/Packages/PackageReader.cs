using System.Text;

namespace DistTrain.Learning;

/// <summary>From the bytes of a package back to the data of a run, in memory.</summary>
public static class PackageReader
{
    /// <summary>Trusts nothing: a package that is read is one that could have been written.
    /// </summary>
    /// <exception cref="DataException">It is not a package, or one beyond the limits.</exception>
    public static DataSplit Read(IPackageSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (source.Bytes > PackageLimits.Bytes)
        {
            throw PackageInput.Malformed(
                $"{source.Bytes:N0} bytes are more than {PackageLimits.Bytes:N0}");
        }

        var input = new PackageInput(source);
        try
        {
            ReadMagic(input, source.Bytes);
            FeatureScalingState scaling = ReadScaling(input);
            InMemoryDataset training = ReadSet(input, "training")
                ?? throw PackageInput.Malformed("there are no training samples");
            InMemoryDataset? validation = ReadSet(input, "validation");
            InMemoryDataset? test = ReadSet(input, "test");
            RequireEnd(input);
            RequireFit(scaling, [training, validation, test]);
            return new DataSplit(
                training, validation, test, FeatureScaling.FromState(scaling));
        }
        catch (ArgumentException e)
        {
            // Labels, numbers, shapes and scalings are checked by what they become.
            string problem = e.Message.Split(" (Parameter", 2)[0];
            throw PackageInput.Malformed(problem.TrimEnd('.'), e);
        }
    }

    private static void ReadMagic(PackageInput input, long bytes)
    {
        byte[] magic = input.Bytes(PackageFormat.Magic.Length, "the magic");
        if (!magic.AsSpan().SequenceEqual(PackageFormat.Magic))
        {
            throw PackageInput.Malformed("it does not begin as a package does");
        }

        long announced = input.Int64("the length");
        if (announced != bytes)
        {
            throw PackageInput.Malformed(
                $"it announces {announced:N0} bytes, but has {bytes:N0}");
        }
    }

    private static FeatureScalingState ReadScaling(PackageInput input)
    {
        int kind = input.Int32(0, (int)PixelScaling.Standard, "the scaling");
        bool forBytes = input.Int32(0, 1, "the scaling's base") == 1;
        int means = input.Int32(0, RecipeLimits.InputFeatures, "the number of means");
        return new FeatureScalingState(
            (PixelScaling)kind, forBytes, input.Floats(means, "the means"),
            input.Floats(means, "the deviations"));
    }

    private static InMemoryDataset? ReadSet(PackageInput input, string role)
    {
        if (input.Int32(0, 1, $"the presence of the {role} set") == 0)
        {
            return null;
        }

        int nameBytes = input.Int32(0, PackageLimits.NameBytes, $"the name of the {role} set");
        string name = Encoding.UTF8.GetString(
            input.Bytes(nameBytes, $"the name of the {role} set"));
        int count = input.Int32(1, int.MaxValue, $"the count of {role} samples");
        int features = input.Int32(1, RecipeLimits.InputFeatures, "the features");
        int classes = input.Int32(1, RecipeLimits.Units, "the classes");
        int rows = input.Int32(0, int.MaxValue, "the rows");
        int columns = input.Int32(0, int.MaxValue, "the columns");
        int kind = input.Int32(PackageFormat.KindBytes, PackageFormat.KindFloats, "the kind");
        (int, int)? shape = (rows, columns) == (0, 0) ? null : (rows, columns);
        string what = $"the {role} samples";
        long values = (long)count * features;
        if (kind == PackageFormat.KindBytes)
        {
            byte[] bytes = input.Bytes(values, what);
            return new InMemoryDataset(
                name, bytes, input.Ints(count, what), features, classes, shape);
        }

        float[] numbers = input.Floats(values, what);
        return new InMemoryDataset(
            name, numbers, input.Ints(count, what), features, classes, shape);
    }

    private static void RequireEnd(PackageInput input)
    {
        if (input.Left != 0)
        {
            throw PackageInput.Malformed($"it goes on for {input.Left:N0} bytes after its sets");
        }
    }

    private static void RequireFit(FeatureScalingState scaling, InMemoryDataset?[] sets)
    {
        InMemoryDataset training = sets[0]!;
        foreach (InMemoryDataset set in sets.OfType<InMemoryDataset>())
        {
            if (set.Features != training.Features || set.Classes != training.Classes)
            {
                throw PackageInput.Malformed("its sets differ in features or classes");
            }

            if (scaling.ForBytes && !set.IsBytes)
            {
                throw PackageInput.Malformed("its scaling is for bytes, its samples are not");
            }
        }

        bool isPerFeature = scaling is { Kind: PixelScaling.Standard, ForBytes: false };
        if (isPerFeature && scaling.Mean.Length != training.Features)
        {
            throw PackageInput.Malformed("its scaling has not one mean a feature");
        }
    }
}
