using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DistTrain.Engine.Akka;

/// <summary>
/// The roles that an authority gave a node, as <c>disttrain certs node</c> writes them:
/// <c>OU=disttrain head+ps+worker</c>.
/// </summary>
internal static class CertificateRole
{
    private const string OrganizationalUnit = "2.5.4.11";
    private const string Mark = "disttrain ";

    private static readonly string[] Words = ["head", "ps", "worker"];

    /// <summary>It is for a node of a DistTrain cluster, whichever.</summary>
    public static bool HasAny(X509Certificate2 certificate)
    {
        try
        {
            string[] units =
            [
                .. from part in certificate.SubjectName.EnumerateRelativeDistinguishedNames()
                   where !part.HasMultipleElements
                       && part.GetSingleElementType().Value == OrganizationalUnit
                   select part.GetSingleElementValue() ?? "",
            ];
            // Twice: which one holds is not ours to guess.
            return units is [var unit] && unit.StartsWith(Mark, StringComparison.Ordinal)
                && unit[Mark.Length..].Split('+').All(Words.Contains);
        }
        catch (CryptographicException)
        {
            return false; // Not even a name.
        }
    }
}
