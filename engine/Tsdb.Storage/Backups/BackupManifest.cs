// NAME/backups/ID.json: one line of JSON, a line feed, the SHA-256 of that line in hexadecimal, a line feed.
// docs/formats/backup.md
using System.Text.Json;

namespace Tsdb.Storage.Backups;

/// <summary>What a backup is made of. Written last: without it there is no backup.</summary>
public sealed record BackupManifest
{
    private const int FormatVersionKnown = 1;

    private static readonly JsonSerializerOptions _json =
        new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>1.</summary>
    public int FormatVersion { get; init; } = FormatVersionKnown;

    /// <summary>Its name; later ones sort behind earlier ones.</summary>
    public required string Id { get; init; }

    /// <summary>What the backup has of the database.</summary>
    public required SnapshotInfo Snapshot { get; init; }

    /// <summary>The files.</summary>
    public required IReadOnlyList<BackupEntry> Entries { get; init; }

    /// <summary>Bytes of all files.</summary>
    public long SizeBytes => Entries.Sum(static entry => entry.SizeBytes);

    internal byte[] ToBytes() => SealedLine.Write(JsonSerializer.SerializeToUtf8Bytes(this, _json));

    /// <exception cref="BackupException">It is damaged, or from a newer version.</exception>
    internal static BackupManifest Parse(string key, ReadOnlySpan<byte> bytes)
    {
        BackupManifest manifest = SealedLine.Parse<BackupManifest>(key, bytes, _json);
        return manifest.FormatVersion <= FormatVersionKnown
            ? manifest
            : throw new BackupException(
                BackupFault.Unsupported,
                key,
                $"{key} is of version {manifest.FormatVersion}, not known here");
    }
}
