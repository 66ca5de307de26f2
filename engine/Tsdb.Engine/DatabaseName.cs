namespace Tsdb.Engine;

/// <summary>What a database may be called: it is also the name of its directory.</summary>
internal static class DatabaseName
{
    /// <summary>The directory of a database's snapshots is its own with this behind it.</summary>
    public const string SnapshotSuffix = "-snapshots";

    private const int LengthMax = 64;

    public static bool IsValid(string name) => FindFault(name) is null;

    /// <exception cref="InvalidDatabaseNameException">It is not a valid name.</exception>
    public static void Validate(string name)
    {
        if (FindFault(name) is { } fault)
        {
            throw new InvalidDatabaseNameException(name, fault);
        }
    }

    private static string? FindFault(string name)
    {
        if (name.Length is 0 or > LengthMax)
        {
            return $"a name has 1 to {LengthMax} characters";
        }

        foreach (char letter in name)
        {
            if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('_' or '-' or '.'))
            {
                return "a name has only letters, digits, '_', '-' and '.' (ASCII)";
            }
        }

        if (name.EndsWith(SnapshotSuffix, StringComparison.Ordinal))
        {
            return $"a name does not end with '{SnapshotSuffix}': snapshots lie there";
        }

        return char.IsAsciiLetterOrDigit(name[0]) || name[0] == '_'
            ? null
            : "a name starts with a letter, a digit or '_'";
    }
}
