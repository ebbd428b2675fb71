using System.Security.Cryptography;

namespace DistTrain.Learning;

/// <summary>
/// A download on its way: FILE.partial, which becomes FILE by a rename once its length and SHA-256
/// are right. What is in it survives the process, so that the next one resumes there; since the
/// hash decides in the end, the rest may come from another mirror.
/// </summary>
internal sealed class PartialFile : IDisposable
{
    private readonly PublishedFile _file;
    private readonly string _path;
    private readonly string _partialPath;
    private readonly FileStream _stream;

    private PartialFile(PublishedFile file, string folder)
    {
        _file = file;
        _path = Path.Combine(folder, file.Name);
        _partialPath = _path + ".partial";
        _stream = new FileStream(
            _partialPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        _stream.Seek(0, SeekOrigin.End);
        if (_stream.Length > file.Bytes)
        {
            Restart();
        }
    }

    public long Length => _stream.Length;

    public bool IsComplete => _stream.Length == _file.Bytes;

    /// <exception cref="DataException">The folder cannot be written.</exception>
    public static PartialFile Open(PublishedFile file, string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            return new PartialFile(file, folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DataException.For(
                Path.Combine(folder, file.Name), $"it cannot be written ({e.Message})",
                "Check the folder's rights, the space on the disk and that no other download of " +
                "it is running", e);
        }
    }

    /// <summary>Forgets what was downloaded.</summary>
    public void Restart() => _stream.SetLength(0);

    /// <exception cref="DataException">The disk is full or gone.</exception>
    public async Task AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        try
        {
            await _stream.WriteAsync(bytes, cancel).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw DataException.For(
                _partialPath, $"writing failed ({e.Message})",
                "Make room on the disk and fetch again: it resumes", e);
        }
    }

    /// <summary>Puts the file in place if its hash is right; else forgets it.</summary>
    public async Task<bool> TryFinishAsync(CancellationToken cancel)
    {
        _stream.Position = 0;
        byte[] hash = await SHA256.HashDataAsync(_stream, cancel).ConfigureAwait(false);
        if (Convert.ToHexStringLower(hash) != _file.Sha256)
        {
            Restart();
            return false;
        }

        _stream.Flush(flushToDisk: true);
        _stream.Dispose();
        File.Move(_partialPath, _path, overwrite: true);
        return true;
    }

    /// <summary>Closes the file; an empty one is not worth keeping.</summary>
    public void Dispose()
    {
        bool isEmpty = _stream.CanSeek && _stream.Length == 0;
        _stream.Dispose();
        if (isEmpty)
        {
            File.Delete(_partialPath);
        }
    }
}
