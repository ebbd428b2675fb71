using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DistTrain.Engine.Tcp;

/// <summary>Reads certificates and keys, of which nothing is believed.</summary>
internal static class PemFile
{
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <exception cref="CertificateException">It cannot be read, or is none.</exception>
    public static X509Certificate2 Certificate(string path) =>
        Parse(path, "certificate", text => X509Certificate2.CreateFromPem(text));

    /// <exception cref="CertificateException">It cannot be read, is none, or others can read it.
    /// </exception>
    public static ECDsa Key(string path)
    {
        if (OpenToOthers(path))
        {
            throw new CertificateException(path, "others on this machine can read the key",
                CloseHint(path));
        }
        return Parse(path, "key", text =>
        {
            var key = ECDsa.Create();
            try
            {
                key.ImportFromPem(text);
                return key;
            }
            catch
            {
                key.Dispose();
                throw;
            }
        });
    }

    /// <summary>True where the group or everyone has any right on the file. Windows has no such
    /// bits: there the folder's access list decides.</summary>
    public static bool OpenToOthers(string path) =>
        !OperatingSystem.IsWindows() && File.Exists(path)
            && (File.GetUnixFileMode(path) & Others) != 0;

    public static string CloseHint(string path) => $"chmod 600 {path}";

    private static T Parse<T>(string path, string what, Func<string, T> parse)
    {
        string text = Read(path, what);
        try
        {
            return parse(text);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new CertificateException(path, $"holds no {what} in PEM form",
                "copy the file again, or make a new one by certs node");
        }
    }

    private static string Read(string path, string what)
    {
        try
        {
            using var stream = File.OpenRead(path);
            if (stream.Length > CertificateFiles.MaxBytes)
            {
                throw new CertificateException(path,
                    $"is larger than any {what} ({stream.Length:N0} bytes)", "copy it again");
            }
            using var reader = new StreamReader(stream);
            return reader.ReadToEnd();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            string why = e is FileNotFoundException or DirectoryNotFoundException
                ? "is missing"
                : $"cannot be read ({e.Message})";
            throw new CertificateException(path, why, "check the path and its permissions");
        }
    }
}
