using Tsdb.Backup.S3;
using Tsdb.Server.Options;
using Tsdb.Storage.Backups;

namespace Tsdb.Server.Backups;

/// <summary>Where a server may write backups: below one folder, or one place in an object store. Whoever may
/// send statements shall not have it write anywhere else.</summary>
/// <param name="options">Which.</param>
internal sealed class BackupPlaces(ServerOptions options)
{
    /// <summary>Opens a target for statements and calls; the caller disposes it if it can be.</summary>
    /// <param name="text">A folder or a place in an object store, whole or relative to the backup
    /// root.</param>
    /// <exception cref="BackupException">Backups may not be written there.</exception>
    public IBackupTarget Open(string text)
    {
        bool isStore = S3Location.IsLocation(text);
        if (!isStore && !TargetText.IsFolder(text))
        {
            throw TargetText.Refuse(text);
        }

        if (options.BackupRoot is not { } root)
        {
            throw Refuse(text, "this server writes no backups; start it with --backup-root TARGET");
        }

        if (S3Location.IsLocation(root))
        {
            return new S3Target(FindInStore(text, S3Location.Parse(root)));
        }

        return isStore
            ? throw Refuse(text, $"this server writes backups below {root} only (--backup-root)")
            : TargetText.OpenFolder(FindFolder(text, root));
    }

    private static string FindFolder(string text, string root)
    {
        string rootPath = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
        string path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(Path.Combine(rootPath, text)));
        bool isBelow = path == rootPath
            || path.StartsWith(rootPath + Path.DirectorySeparatorChar, StringComparison.Ordinal);
        return isBelow
            ? path
            : throw Refuse(
                text, $"it is not below {rootPath}, where this server writes backups (--backup-root)");
    }

    /// <summary>How the store is reached is the root's to say; a text may repeat it.</summary>
    private static S3Location FindInStore(string text, S3Location root)
    {
        if (!S3Location.IsLocation(text))
        {
            return root.Below(text);
        }

        S3Location wanted = S3Location.Parse(text);
        wanted = wanted with
        {
            Endpoint = wanted.Endpoint ?? root.Endpoint,
            Region = root.Region,
            UsesPathStyle = root.UsesPathStyle,
        };
        return root.Holds(wanted)
            ? wanted
            : throw Refuse(
                text, $"it is not below {root}, where this server writes backups (--backup-root)");
    }

    private static BackupException Refuse(string text, string reason) =>
        new(BackupFault.TargetRefused, text, $"'{text}': {reason}");
}
