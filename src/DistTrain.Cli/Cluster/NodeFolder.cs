using System.Text.Json;

namespace DistTrain.Cli;

/// <summary>One node, as nodes.json has it.</summary>
/// <param name="Name">worker-0, ps-0.</param>
/// <param name="Role">worker or ps.</param>
/// <param name="ProcessId">Null: it does not run.</param>
/// <param name="Listen">HOST:PORT; null: nowhere, or not known yet.</param>
/// <param name="Starts">Processes that it has been so far.</param>
internal sealed record NodeEntry(
    string Name, string Role, int? ProcessId, string? Listen, int Starts);

/// <summary>The folder "nodes" of a run: a log for each node, and nodes.json, which says what runs
/// where.</summary>
internal sealed class NodeFolder
{
    private readonly string _root;

    private NodeFolder(string root) => _root = root;

    public static NodeFolder Create(string root)
    {
        Directory.CreateDirectory(root);
        return new NodeFolder(root);
    }

    /// <summary>Gone on with, where a run is resumed.</summary>
    public string LogOf(string name) => Path.Combine(_root, $"{name}.log");

    /// <summary>Replaces nodes.json: a reader sees the old file or the new one.</summary>
    public void Write(HostPort head, IEnumerable<NodeEntry> nodes)
    {
        string text = RunJson.Write(json =>
        {
            json.WriteStartObject("head");
            json.WriteNumber("pid", Environment.ProcessId);
            json.WriteString("listen", head.ToString());
            json.WriteEndObject();
            json.WriteStartArray("nodes");
            foreach (NodeEntry node in nodes)
            {
                Write(json, node);
            }
            json.WriteEndArray();
        });
        string path = Path.Combine(_root, "nodes.json");
        File.WriteAllText(path + ".tmp", text + "\n");
        File.Move(path + ".tmp", path, overwrite: true);
    }

    private void Write(Utf8JsonWriter json, NodeEntry node)
    {
        json.WriteStartObject();
        json.WriteString("name", node.Name);
        json.WriteString("role", node.Role);
        if (node.ProcessId is { } id)
        {
            json.WriteNumber("pid", id);
        }
        else
        {
            json.WriteNull("pid");
        }
        json.WriteString("listen", node.Listen);
        json.WriteNumber("starts", node.Starts);
        json.WriteString("log", Path.GetFileName(LogOf(node.Name)));
        json.WriteEndObject();
    }
}
