using Tsdb.Backup.S3;
using Tsdb.Storage.Backups;
using Tsdb.Storage.Devices;

namespace Tsdb.Server.Backups;

/// <summary>A target as an operator writes it: a folder, or a place in an object store.</summary>
internal static class TargetText
{
    public static bool IsFolder(string text) =>
        text.Length > 0 && !text.Contains("://", StringComparison.Ordinal);

    /// <summary>The text as a server understands it: a folder's absolute path.</summary>
    public static string ToAbsolute(string text) => IsFolder(text) ? Path.GetFullPath(text) : text;

    /// <summary>Opens a target for the operator at the terminal, who may use any.</summary>
    /// <param name="text">A folder or <c>s3://…</c>.</param>
    /// <param name="mayCreate">Whether a folder is made when it is not there.</param>
    /// <exception cref="BackupException">It is no target, or is not there.</exception>
    public static IBackupTarget Open(string text, bool mayCreate)
    {
        if (S3Location.IsLocation(text))
        {
            return new S3Target(S3Location.Parse(text));
        }

        if (!IsFolder(text))
        {
            throw Refuse(text);
        }

        return mayCreate || Directory.Exists(text)
            ? OpenFolder(text)
            : throw new BackupException(BackupFault.NotFound, text, $"there is no folder {text}");
    }

    /// <summary>A folder as a target; made when it is not there.</summary>
    public static FolderTarget OpenFolder(string path)
    {
#pragma warning disable CA2000 // Shared, it holds nothing that must be given back.
        return new FolderTarget(LocalStorageDevice.OpenShared(path), path);
#pragma warning restore CA2000
    }

    public static BackupException Refuse(string text) => new(
        BackupFault.TargetRefused, text, $"'{text}' is no target: a folder is, and s3://BUCKET/PREFIX");
}
