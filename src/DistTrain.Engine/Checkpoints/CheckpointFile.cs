using System.Text;
using System.Text.Json;
using DistTrain.Learning;

namespace DistTrain.Engine;

/// <summary>One <see cref="Checkpoint"/> in one <c>.dtm</c> file; models are such files too.</summary>
public static class CheckpointFile
{
    private const string Metadata = "metadata";
    private const string Recipe = "recipe";
    private const string Parameters = "parameters";
    private const string FirstMoment = "first-moment";
    private const string SecondMoment = "second-moment";
    private const string Best = "best";
    private const string ScalingMean = "scaling-mean";
    private const string ScalingDeviation = "scaling-dev";

    /// <summary>
    /// Writes the file whole or not at all: after a crash at any moment the name holds either the
    /// old file or the new one.
    /// </summary>
    /// <exception cref="CheckpointException">The disk refused; a file of this name is untouched.
    /// </exception>
    public static void Write(string path, Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        var sections = new List<DtmSection>
        {
            new ByteSection(Metadata, CheckpointMetadata.Of(checkpoint).ToJson()),
            new ByteSection(Recipe, Encoding.UTF8.GetBytes(checkpoint.RecipeJson)),
            new FloatSection(Parameters, checkpoint.Parameters),
        };
        AddUnlessEmpty(sections, FirstMoment, checkpoint.FirstMoment);
        AddUnlessEmpty(sections, SecondMoment, checkpoint.SecondMoment);
        AddUnlessEmpty(sections, Best, checkpoint.Best?.Parameters ?? []);
        AddUnlessEmpty(sections, ScalingMean, checkpoint.Scaling.Mean);
        AddUnlessEmpty(sections, ScalingDeviation, checkpoint.Scaling.Deviation);
        AtomicFile.Write(path, stream => DtmWriter.Write(stream, sections));
    }

    /// <exception cref="CheckpointException">There is no such file, or it is damaged, cut short,
    /// of another kind or of a newer format.</exception>
    public static Checkpoint Read(string path)
    {
        using var reader = new DtmReader(path);
        try
        {
            return Read(reader) with { Path = path };
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw reader.Damaged(e.Message, e);
        }
        catch (IOException e)
        {
            throw reader.Failure($"cannot be read ({e.Message})", "check the disk", e);
        }
        catch (OutOfMemoryException e)
        {
            throw reader.Failure("does not fit into memory", "use a machine with more", e);
        }
    }

    private static void AddUnlessEmpty(List<DtmSection> sections, string name, float[] values)
    {
        if (values.Length > 0)
        {
            sections.Add(new FloatSection(name, values));
        }
    }

    private static Checkpoint Read(DtmReader reader)
    {
        CheckpointMetadata metadata = CheckpointMetadata.FromJson(reader.ReadText(Metadata));
        var scaling = new FeatureScalingState(
            metadata.Scaling, metadata.ScalesBytes,
            reader.ReadFloats(ScalingMean), reader.ReadFloats(ScalingDeviation));
        FeatureScaling.FromState(scaling); // throws if there is no such scaling
        var checkpoint = new Checkpoint
        {
            ProgramVersion = metadata.Program,
            Run = metadata.Run,
            RecipeJson = Encoding.UTF8.GetString(reader.ReadText(Recipe)),
            Data = metadata.Data,
            Scaling = scaling,
            Version = metadata.Version,
            StepsPerEpoch = metadata.StepsPerEpoch,
            Parameters = reader.ReadFloats(Parameters),
            FirstMoment = reader.ReadFloats(FirstMoment),
            SecondMoment = reader.ReadFloats(SecondMoment),
            Best = metadata.BestVersion is { } best
                ? new BestParameters(best, reader.ReadFloats(Best))
                : null,
            Stopping = metadata.Stopping,
            History = metadata.History,
            CanContinue = metadata.CanContinue,
        };
        Check(checkpoint, reader);
        return checkpoint;
    }

    private static void Check(Checkpoint checkpoint, DtmReader reader)
    {
        int count = checkpoint.Parameters.Length;
        bool lengthsFit = count > 0
            && (checkpoint.FirstMoment.Length == 0 || checkpoint.FirstMoment.Length == count)
            && (checkpoint.SecondMoment.Length == 0 || checkpoint.SecondMoment.Length == count)
            && (checkpoint.Best is null || checkpoint.Best.Parameters.Length == count);
        if (!lengthsFit || checkpoint.Version < 0 || checkpoint.StepsPerEpoch < 1)
        {
            throw reader.Damaged("its parts do not fit each other");
        }
    }
}
