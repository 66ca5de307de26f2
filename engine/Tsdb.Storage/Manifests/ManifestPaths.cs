using System.Globalization;

namespace Tsdb.Storage.Manifests;

/// <summary>Names in the manifest's directory.</summary>
internal static class ManifestPaths
{
    public const string Directory = "manifest";
    public const string Superblock = "manifest/superblock";
    public const string NewSuperblock = "manifest/superblock.new";

    /// <summary>A file that says that a restore into the directory is not complete.</summary>
    public const string RestoreMark = "restore-incomplete";

    private const string LogSuffix = ".log";

    public static string Log(long number) => $"{Directory}/{number:D8}{LogSuffix}";

    public static bool TryParseLog(string name, out long number)
    {
        number = 0;
        return name.EndsWith(LogSuffix, StringComparison.Ordinal)
            && long.TryParse(
                name.AsSpan(0, name.Length - LogSuffix.Length),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out number);
    }
}
