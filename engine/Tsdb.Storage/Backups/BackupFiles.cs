using Tsdb.Storage.Devices;
using Tsdb.Storage.Flushing;
using Tsdb.Storage.Manifests;

namespace Tsdb.Storage.Backups;

/// <summary>The files of a snapshot that make up its database, and the objects they are kept in.</summary>
internal static class BackupFiles
{
    /// <summary>Segments by identity, the rest under the backup's own name.</summary>
    public static List<(string Path, string Key)> Of(
        IStorageDevice snapshot, string objectFolder, string id)
    {
        (ManifestState state, _) = ManifestReader.Read(snapshot);
        List<(string Path, string Key)> files = [];
        foreach (SegmentEntry segment in state.Segments.Values)
        {
            files.Add((
                SegmentNames.PathOf(segment.SegmentNumber),
                $"{objectFolder}/{segment.Uuid:N}-{segment.FooterCrc32C:x8}.seg"));
        }

        if (state.CatalogLog is { } catalog)
        {
            files.Add((catalog.FileName, $"{objectFolder}/{id}/{catalog.FileName}"));
        }

        foreach (string name in snapshot.List(ManifestPaths.Directory))
        {
            string path = $"{ManifestPaths.Directory}/{name}";
            files.Add((path, $"{objectFolder}/{id}/{path}"));
        }

        return files;
    }
}
