using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DistTrain.Engine.Tcp;

/// <summary>
/// Who a certificate is for, as its subject says it: <c>CN=NAME, OU=disttrain head+ps+worker</c>.
/// The authority signs this, so a node cannot take a role that it was not given.
/// </summary>
public sealed record NodeSubject(string Name, CertificateRoles Roles)
{
    /// <summary>The X.520 bound of a common name.</summary>
    internal const int MaxNameLength = 64;

    private const string CommonName = "2.5.4.3";
    private const string OrganizationalUnit = "2.5.4.11";
    private const string Mark = "disttrain ";

    /// <summary>The subject of a certificate, or null where it is none of ours.</summary>
    public static NodeSubject? Read(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        try
        {
            return Read(certificate.SubjectName);
        }
        catch (CryptographicException)
        {
            return null; // Not even a name.
        }
    }

    internal X500DistinguishedName Encode()
    {
        var builder = new X500DistinguishedNameBuilder();
        builder.AddCommonName(Name);
        builder.AddOrganizationalUnitName(Mark + string.Join('+', RoleWords.Of(Roles)));
        return builder.Build();
    }

    private static NodeSubject? Read(X500DistinguishedName subject)
    {
        string? name = null, unit = null;
        foreach (var part in subject.EnumerateRelativeDistinguishedNames())
        {
            if (part.HasMultipleElements)
            {
                return null;
            }
            ref string? field = ref unit;
            switch (part.GetSingleElementType().Value)
            {
                case CommonName:
                    field = ref name;
                    break;
                case OrganizationalUnit:
                    break;
                default:
                    return null;
            }
            if (field is not null)
            {
                return null; // Twice: which one holds is not ours to guess.
            }
            field = part.GetSingleElementValue();
        }
        return name is not null && ParseRoles(unit) is { } roles ? new(name, roles) : null;
    }

    private static CertificateRoles? ParseRoles(string? unit)
    {
        if (unit is null || !unit.StartsWith(Mark, StringComparison.Ordinal))
        {
            return null;
        }
        var roles = CertificateRoles.None;
        foreach (string word in unit[Mark.Length..].Split('+'))
        {
            var role = RoleWords.Parse(word);
            if (role == CertificateRoles.None)
            {
                return null;
            }
            roles |= role;
        }
        return roles;
    }
}
