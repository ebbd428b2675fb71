using System.Net;
using System.Net.Http.Headers;

namespace DistTrain.Learning;

/// <summary>What a mirror did wrong; another mirror, or another try, may do better.</summary>
internal sealed class MirrorException(string message, bool worthRetrying) : Exception(message)
{
    public bool WorthRetrying { get; } = worthRetrying;
}

/// <summary>One request: appends what is missing of a file, from where it was left.</summary>
internal sealed class MirrorClient(HttpClient http, FetchOptions options)
{
    private const int BufferBytes = 1 << 16;

    /// <exception cref="MirrorException">No answer, a bad one, or a broken connection.</exception>
    public async Task DownloadAsync(
        Uri uri, PublishedFile file, PartialFile partial, Action onBytes, CancellationToken cancel)
    {
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        stall.CancelAfter(options.ConnectTimeout + options.StallTimeout);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, uri);
            if (partial.Length > 0)
            {
                request.Headers.Range = new RangeHeaderValue(partial.Length, null);
            }

            using HttpResponseMessage response = await http
                .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stall.Token)
                .ConfigureAwait(false);
            Accept(response, file, partial);
            await CopyAsync(response, file, partial, onBytes, stall).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new MirrorException(
                $"no data for {options.StallTimeout.TotalSeconds:0} s", worthRetrying: true);
        }
        catch (HttpRequestException e)
        {
            throw new MirrorException(e.Message, worthRetrying: e.StatusCode is null);
        }
        catch (IOException e)
        {
            throw new MirrorException($"the connection broke ({e.Message})", worthRetrying: true);
        }
    }

    /// <summary>
    /// 206 must continue exactly where the file was left; 200 is the whole file (the server ignores
    /// ranges), so it starts again; 416 means that what was left fits no file of this mirror.
    /// </summary>
    private static void Accept(
        HttpResponseMessage response, PublishedFile file, PartialFile partial)
    {
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            partial.Restart();
            throw new MirrorException("it cannot resume the download", worthRetrying: true);
        }

        if (!response.IsSuccessStatusCode)
        {
            int code = (int)response.StatusCode;
            throw new MirrorException(
                $"it answered {code} {response.ReasonPhrase}", worthRetrying: code >= 500);
        }

        if (response.StatusCode == HttpStatusCode.PartialContent)
        {
            ContentRangeHeaderValue? range = response.Content.Headers.ContentRange;
            bool continues = range?.From == partial.Length
                && (range.Length is null || range.Length == file.Bytes);
            if (!continues)
            {
                partial.Restart();
                throw new MirrorException("it resumed at a wrong place", worthRetrying: true);
            }

            return;
        }

        partial.Restart();
        if (response.Content.Headers.ContentLength is { } length && length != file.Bytes)
        {
            throw new MirrorException(
                $"it offers {length:N0} bytes instead of {file.Bytes:N0}", worthRetrying: false);
        }
    }

    private async Task CopyAsync(
        HttpResponseMessage response, PublishedFile file, PartialFile partial, Action onBytes,
        CancellationTokenSource stall)
    {
        Stream body = await response.Content.ReadAsStreamAsync(stall.Token).ConfigureAwait(false);
        byte[] buffer = new byte[BufferBytes];
        while (true)
        {
            stall.CancelAfter(options.StallTimeout);
            int read = await body.ReadAsync(buffer, stall.Token).ConfigureAwait(false);
            if (read == 0)
            {
                break;
            }

            if (partial.Length + read > file.Bytes)
            {
                partial.Restart();
                throw new MirrorException(
                    $"it sends more than {file.Bytes:N0} bytes", worthRetrying: false);
            }

            await partial.AppendAsync(buffer.AsMemory(0, read), stall.Token).ConfigureAwait(false);
            onBytes();
        }

        if (!partial.IsComplete)
        {
            throw new MirrorException(
                $"it stopped after {partial.Length:N0} of {file.Bytes:N0} bytes",
                worthRetrying: true);
        }
    }
}
