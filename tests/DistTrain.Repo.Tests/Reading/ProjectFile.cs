using System.Collections.Immutable;
using System.Xml.Linq;

namespace DistTrain.Repo.Tests;

/// <summary>What a .csproj or .props file says that the layering depends on.</summary>
internal sealed class ProjectFile
{
    private readonly XElement _root;

    public ProjectFile(SourceFile file)
    {
        File = file;
        _root = XDocument.Parse(file.Text).Root!;
    }

    public SourceFile File { get; }

    /// <summary>"Engine" of src/DistTrain.Engine/DistTrain.Engine.csproj.</summary>
    public string Layer => Path.GetFileNameWithoutExtension(File.Path)["DistTrain.".Length..];

    /// <summary>Layers that this project refers to.</summary>
    public ImmutableArray<string> References =>
        [.. Includes("ProjectReference").Select(item => Path.GetFileNameWithoutExtension(
            item.Include.Replace('\\', '/'))["DistTrain.".Length..])];

    public ImmutableArray<string> Packages =>
        [.. Includes("PackageReference").Select(item => item.Include)];

    /// <summary>Packages named, by reference or by version, whatever properties are set.</summary>
    public IEnumerable<string> UnconditionalPackages =>
        Includes("PackageReference").Concat(Includes("PackageVersion"))
            .Where(item => !item.IsConditional)
            .Select(item => item.Include);

    public bool AllowsUnsafe =>
        _root.Descendants("AllowUnsafeBlocks").Any(element =>
            bool.TryParse(element.Value.Trim(), out bool allowed) && allowed);

    public static IEnumerable<ProjectFile> In(string folder) =>
        Repository.Files
            .Where(file => file.IsIn(folder) && file.Extension == ".csproj")
            .Select(file => new ProjectFile(file));

    private IEnumerable<(string Include, bool IsConditional)> Includes(string item) =>
        from element in _root.Descendants(item)
        let include = element.Attribute("Include")
        where include is not null
        select (include.Value, element.AncestorsAndSelf().Any(
            ancestor => ancestor.Attribute("Condition") is not null));
}
