// NAME/backups/ID.json: one line of JSON, a line feed, the SHA-256 of that line in hexadecimal, a line feed.
// docs/formats/backup.md
using System.Security.Cryptography;
using System.Text;
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

    internal byte[] ToBytes()
    {
        byte[] line = JsonSerializer.SerializeToUtf8Bytes(this, _json);
        string digest = Convert.ToHexStringLower(SHA256.HashData(line));
        return [.. line, (byte)'\n', .. Encoding.ASCII.GetBytes(digest), (byte)'\n'];
    }

    /// <exception cref="BackupException">It is damaged, or from a newer version.</exception>
    internal static BackupManifest Parse(string key, ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = bytes[..Math.Max(0, end)];
        string expected = Convert.ToHexStringLower(SHA256.HashData(line));
        string actual = Encoding.ASCII.GetString(bytes[(end + 1)..]).TrimEnd('\n');
        if (end < 0 || actual != expected)
        {
            throw new BackupException(
                BackupFault.ObjectDamaged,
                key,
                $"{key} is damaged: expected SHA-256 {expected}, found '{actual}'");
        }

        try
        {
            BackupManifest manifest = JsonSerializer.Deserialize<BackupManifest>(line, _json)
                ?? throw new JsonException("null");
            return manifest.FormatVersion <= FormatVersionKnown
                ? manifest
                : throw new BackupException(
                    BackupFault.Unsupported,
                    key,
                    $"{key} is of version {manifest.FormatVersion}, not known here");
        }
        catch (JsonException damage)
        {
            throw new BackupException(
                BackupFault.ObjectDamaged, key, $"{key} is damaged: {damage.Message}", damage);
        }
    }
}
