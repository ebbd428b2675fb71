using System.Runtime.InteropServices;
using DistTrain.Learning;
using DistTrain.Numerics;

namespace DistTrain.Cli;

/// <summary>This machine, and what is installed on it.</summary>
internal static class MachineChecks
{
    private const long LittleMemory = 1L << 30;

    public static IEnumerable<Finding> Examine()
    {
        yield return new(Verdict.Good, "disttrain", ProgramVersion.Text);
        yield return new(Verdict.Good, "system",
            $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, "
            + RuntimeInformation.FrameworkDescription);
        yield return InstructionSets();
        yield return DenormalCheck.Works()
            ? new(Verdict.Good, "denormals", "computed as IEEE 754 says")
            : new(Verdict.Bad, "denormals", "flushed to zero: weights would differ",
                "unset what loads a fast-math library into this process (LD_PRELOAD)");
        yield return new(Verdict.Good, "cores", $"{Environment.ProcessorCount}");
        yield return Memory();
        yield return Engines();
        yield return RecipeLocator.ShippedNames.Any()
            ? new(Verdict.Good, "recipes", string.Join(", ", RecipeLocator.ShippedNames))
            : new(Verdict.Bad, "recipes", "the shipped recipes are missing",
                "install again: the folder recipes belongs beside the program");
        var folders = DataFolders.FromEnvironment();
        yield return new(Verdict.Good, "data folders",
            (folders.Given is { } given ? given + ", " : "") + folders.Cache);
        foreach (var set in DataCatalog.Published)
        {
            yield return DataCommand.IsHere(set.Name, folders)
                ? new(Verdict.Good, set.Name, "is here")
                : new(Verdict.Note, set.Name, "is not here, which only matters to train on it",
                    $"disttrain data fetch {set.Name}");
        }
        yield return Writable();
    }

    private static Finding Engines()
    {
        string always = $"{RecipeNames.Engines.Of(EngineKind.Local)}, "
            + RecipeNames.Engines.Of(EngineKind.Tcp);
        return AkkaEngine.Version is { } version
            ? new(Verdict.Good, "engines", $"{always}, akka (Akka.NET {version})")
            : new(Verdict.Good, "engines", $"{always}; akka is not compiled in");
    }

    private static Finding InstructionSets()
    {
        string found = string.Join(", ", IsaSupport.Available.Select(IsaNames.Format));
        return IsaSupport.Best == Isa.Scalar
            ? new(Verdict.Note, "instruction sets", found,
                "training works but is slow: use a machine with FMA")
            : new(Verdict.Good, "instruction sets", found);
    }

    private static Finding Memory()
    {
        long bytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        string found = $"{bytes / 1073741824.0:F1} GiB";
        return bytes < LittleMemory
            ? new(Verdict.Note, "memory", found, "use --data-limit for large data")
            : new(Verdict.Good, "memory", found);
    }

    private static Finding Writable()
    {
        string probe = $".disttrain-{Environment.ProcessId}";
        try
        {
            File.WriteAllText(probe, "");
            File.Delete(probe);
            return new(Verdict.Good, "this folder", "can be written; runs go to runs/");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new(Verdict.Bad, "this folder", "cannot be written",
                "work in another folder, or give train --out DIR");
        }
    }
}
