using System.Security.Cryptography;

namespace DistTrain.Engine.Tcp;

/// <summary>
/// A secret of 256 bits that the processes of one run on one machine share. It comes from a file
/// that only its owner reads or from the environment, never from an argument, which all see.
/// </summary>
public sealed class RunToken
{
    /// <summary>Hexadecimal; for processes that a head starts itself.</summary>
    public const string EnvironmentVariable = "DISTTRAIN_TOKEN";

    private const int Bytes = 32;

    private readonly byte[] _bytes;

    private RunToken(byte[] bytes) => _bytes = bytes;

    public static RunToken Create() => new(RandomNumberGenerator.GetBytes(Bytes));

    /// <returns>Null: the variable is not set.</returns>
    /// <exception cref="SecuritySetupException">It is no token.</exception>
    public static RunToken? FromEnvironment() =>
        Environment.GetEnvironmentVariable(EnvironmentVariable) is { Length: > 0 } text
            ? Parse(text, $"the environment variable {EnvironmentVariable}")
            : null;

    /// <exception cref="SecuritySetupException">The file cannot be read, others can read it, or it
    /// holds no token.</exception>
    public static RunToken Load(string path)
    {
        PrivateFile.Check(path);
        return Parse(PrivateFile.ReadText(path).Trim(), path);
    }

    /// <summary>Writes a new file that only its owner reads.</summary>
    public void Save(string path)
    {
        using FileStream file = PrivateFile.Create(path);
        using var writer = new StreamWriter(file);
        writer.WriteLine(ToHex());
    }

    /// <summary>For the environment of a process that this one starts.</summary>
    public string ToHex() => Convert.ToHexStringLower(_bytes);

    /// <summary>Never the secret: this may end in a log.</summary>
    public override string ToString() => "a run's token";

    public void Sign(ReadOnlySpan<byte> message, Span<byte> signature) =>
        HMACSHA256.HashData(_bytes, message, signature);

    private static RunToken Parse(string text, string where)
    {
        byte[] bytes = new byte[Bytes];
        bool isRight = text.Length == 2 * Bytes
            && Convert.FromHexString(text, bytes, out _, out _)
                == System.Buffers.OperationStatus.Done;
        return isRight ? new RunToken(bytes) : throw new SecuritySetupException(
            $"{where} holds no token of {2 * Bytes} hexadecimal digits; take the one that the "
            + "head wrote");
    }
}
