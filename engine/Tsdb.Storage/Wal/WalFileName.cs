using System.Globalization;

namespace Tsdb.Storage.Wal;

/// <summary>Names in a lane's directory: logs NNNNNNNN.wal, spares spare-NNNNNNNN.wal, files set aside
/// NNNNNNNN.damaged.</summary>
internal static class WalFileName
{
    private const string LogSuffix = ".wal";
    private const string SparePrefix = "spare-";

    public static string Log(string directory, long sequence) => $"{directory}/{sequence:D8}{LogSuffix}";

    public static string Spare(string directory, long number) =>
        $"{directory}/{SparePrefix}{number:D8}{LogSuffix}";

    public static string SetAside(string directory, long sequence) => $"{directory}/{sequence:D8}.damaged";

    public static bool TryParseLog(string name, out long sequence) => TryParse(name, "", out sequence);

    public static bool TryParseSpare(string name, out long number) => TryParse(name, SparePrefix, out number);

    private static bool TryParse(string name, string prefix, out long number)
    {
        number = 0;
        return name.Length >= prefix.Length + 8 + LogSuffix.Length
            && name.StartsWith(prefix, StringComparison.Ordinal)
            && name.EndsWith(LogSuffix, StringComparison.Ordinal)
            && long.TryParse(
                name.AsSpan(prefix.Length, name.Length - prefix.Length - LogSuffix.Length),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out number);
    }
}
