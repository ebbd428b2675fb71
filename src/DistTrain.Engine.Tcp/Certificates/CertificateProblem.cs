namespace DistTrain.Engine.Tcp;

/// <summary>One thing that keeps a certificate from being made.</summary>
/// <param name="Key">The option or file that it is about.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Hint">How to fix it.</param>
public sealed record CertificateProblem(string Key, string Message, string Hint);
