using Tsdb.Server.Options;
using Tsdb.Storage.Backups;

namespace Tsdb.Server.Backups;

/// <summary>Where a server may write backups: below one folder. Whoever may send statements shall not have it
/// write anywhere else.</summary>
/// <param name="options">Which folder.</param>
internal sealed class BackupPlaces(ServerOptions options)
{
    /// <summary>Opens a target for statements and calls; the caller disposes it if it can be.</summary>
    /// <param name="text">A folder, absolute or relative to the backup root.</param>
    /// <exception cref="BackupException">Backups may not be written there.</exception>
    public IBackupTarget Open(string text)
    {
        if (!TargetText.IsFolder(text))
        {
            throw TargetText.Refuse(text);
        }

        if (options.BackupRoot is not { } root)
        {
            throw new BackupException(
                BackupFault.TargetRefused,
                text,
                $"'{text}': this server writes no backups to folders; start it with --backup-root DIR");
        }

        string rootPath = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
        string path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(Path.Combine(rootPath, text)));
        bool isBelow = path == rootPath
            || path.StartsWith(rootPath + Path.DirectorySeparatorChar, StringComparison.Ordinal);
        return isBelow
            ? TargetText.OpenFolder(path)
            : throw new BackupException(
                BackupFault.TargetRefused,
                text,
                $"'{text}' is not below {rootPath}, where this server writes backups (--backup-root)");
    }
}
