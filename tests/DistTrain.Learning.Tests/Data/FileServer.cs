using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DistTrain.Learning.Tests;

/// <summary>What the server does with the next request; then with the one after it.</summary>
internal enum Serving
{
    /// <summary>The whole file, or the range that was asked for.</summary>
    Normally,

    /// <summary>The whole file, whatever range was asked for.</summary>
    IgnoringRanges,

    /// <summary>Headers and half of what they announce, then the connection is closed.</summary>
    HalfAndClose,

    /// <summary>Headers and half of what they announce, then nothing more.</summary>
    HalfAndHang,

    /// <summary>206 for a range that was not asked for.</summary>
    WrongRange,

    /// <summary>416.</summary>
    NoRange,

    /// <summary>404.</summary>
    NotFound,

    /// <summary>503.</summary>
    Unavailable,

    /// <summary>A page of text with status 200, as captive portals send.</summary>
    OtherPage,

    /// <summary>The file with its first byte changed.</summary>
    Corrupted,
}

/// <summary>A real HTTP/1.1 server on 127.0.0.1 that gives one file, well or badly.</summary>
internal sealed class FileServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly byte[] _file;
    private readonly Queue<Serving> _script;
    private readonly List<string> _ranges = [];

    /// <param name="file">What is served, under any name.</param>
    /// <param name="script">One entry a request; afterwards normally.</param>
    public FileServer(byte[] file, params Serving[] script)
    {
        _file = file;
        _script = new Queue<Serving>(script);
        _listener.Start();
        _ = AcceptAsync();
    }

    public Uri Uri => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/set/");

    /// <summary>The Range header of each request so far, "" without one.</summary>
    public string[] Ranges
    {
        get
        {
            lock (_ranges)
            {
                return [.. _ranges];
            }
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Stop();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        // Ends by an exception that nobody awaits: the test is over.
        while (true)
        {
            TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
            _ = AnswerAsync(client);
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            NetworkStream stream = client.GetStream();
            string range = await ReadRangeAsync(stream);
            Serving serving;
            lock (_ranges)
            {
                _ranges.Add(range);
                serving = _script.TryDequeue(out Serving next) ? next : Serving.Normally;
            }

            await AnswerAsync(stream, serving, range);
        }
    }

    private async Task AnswerAsync(NetworkStream stream, Serving serving, string range)
    {
        int from = range.Length == 0 || serving == Serving.IgnoringRanges
            ? 0
            : int.Parse(range["bytes=".Length..^1]);
        byte[] body = _file[Math.Min(from, _file.Length)..];
        string status = from > 0 ? "206 Partial Content" : "200 OK";
        string extra = from > 0
            ? $"Content-Range: bytes {from}-{_file.Length - 1}/{_file.Length}\r\n"
            : "";
        switch (serving)
        {
            case Serving.WrongRange:
                (status, body) = ("206 Partial Content", _file[1..]);
                extra = $"Content-Range: bytes 1-{_file.Length - 1}/{_file.Length}\r\n";
                break;
            case Serving.NoRange:
                (status, extra, body) = ("416 Range Not Satisfiable", "", []);
                break;
            case Serving.NotFound:
                (status, extra, body) = ("404 Not Found", "", "no such file"u8.ToArray());
                break;
            case Serving.Unavailable:
                (status, extra, body) = ("503 Service Unavailable", "", []);
                break;
            case Serving.OtherPage:
                (status, extra, body) = ("200 OK", "", "<html>log in</html>"u8.ToArray());
                break;
            case Serving.Corrupted:
                body = [(byte)(body[0] ^ 1), .. body[1..]];
                break;
        }

        string headers = $"HTTP/1.1 {status}\r\nContent-Length: {body.Length}\r\n{extra}" +
            "Connection: close\r\n\r\n";
        bool half = serving is Serving.HalfAndClose or Serving.HalfAndHang;
        await stream.WriteAsync(Encoding.ASCII.GetBytes(headers));
        await stream.WriteAsync(half ? body.AsMemory(0, body.Length / 2) : body);
        if (serving == Serving.HalfAndHang)
        {
            // Until the client has enough of it.
            await stream.ReadExactlyAsync(new byte[1], _stop.Token);
        }
    }

    /// <summary>Reads a request to its empty line and returns its Range header.</summary>
    private static async Task<string> ReadRangeAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        string range = "";
        while (await reader.ReadLineAsync() is { Length: > 0 } line)
        {
            if (line.StartsWith("Range: ", StringComparison.OrdinalIgnoreCase))
            {
                range = line["Range: ".Length..];
            }
        }

        return range;
    }
}
