namespace DistTrain.Engine.Tcp;

/// <summary>The roles as the words that stand in a certificate and on the command line.</summary>
public static class RoleWords
{
    private static readonly (string Word, CertificateRoles Role)[] Table =
    [
        ("head", CertificateRoles.Head),
        ("ps", CertificateRoles.ParameterServer),
        ("worker", CertificateRoles.Worker),
    ];

    /// <summary>head, ps, worker.</summary>
    public static IEnumerable<string> All => Table.Select(entry => entry.Word);

    /// <summary>The words of the roles, in the order of <see cref="All"/>.</summary>
    public static IEnumerable<string> Of(CertificateRoles roles) =>
        Table.Where(entry => roles.HasFlag(entry.Role)).Select(entry => entry.Word);

    /// <summary>The role of a word, or None for another word.</summary>
    public static CertificateRoles Parse(string word) =>
        Table.FirstOrDefault(entry => entry.Word == word).Role;
}
