using System.Text.Json;
using Tsdb.Storage.Devices;

namespace Tsdb.Storage.Backups;

/// <summary>
/// What a snapshot holds, as its file <c>snapshot.json</c> says: which database it was made of, and up to
/// where.
/// </summary>
public sealed record SnapshotInfo
{
    /// <summary>The file's name, beside the snapshot's <c>manifest</c>.</summary>
    internal const string FileName = "snapshot.json";

    private const int SizeBytesMax = 64 << 10;

    private static readonly JsonSerializerOptions _json =
        new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true };

    /// <summary>The snapshot's name.</summary>
    public required string Name { get; init; }

    /// <summary>The database's name.</summary>
    public required string Database { get; init; }

    /// <summary>The identity of the database that it was made of. Opened as a database, the snapshot has one
    /// of its own.</summary>
    public required Guid SourceUuid { get; init; }

    /// <summary>Every frame of that database's log up to this one is in the snapshot, none above
    /// it.</summary>
    public required ulong Lsn { get; init; }

    /// <summary>No effect of a frame above this one is in the snapshot: a delete may be that came after
    /// <see cref="Lsn"/>. Null where an older version made the snapshot.</summary>
    public ulong? ReachedLsn { get; init; }

    /// <summary>No frame up to <see cref="Lsn"/> was committed later; ns since 1970.</summary>
    public required long CommitTimeNs { get; init; }

    /// <summary>How many segments.</summary>
    public required int SegmentCount { get; init; }

    /// <summary>Bytes in its segments and catalogue.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>Segments that were copied because the place is on another file system.</summary>
    public required int CopiedSegmentCount { get; init; }

    /// <summary>Writes the file, durably but for its name.</summary>
    internal void Write(IStorageDevice device)
    {
        using IStorageFile file = device.Open(FileName, FileOpenMode.CreateNew);
        file.Write(0, JsonSerializer.SerializeToUtf8Bytes(this, _json));
        file.SyncData();
    }

    /// <exception cref="BackupException">The file is not sound.</exception>
    internal static SnapshotInfo Read(IStorageDevice device)
    {
        using IStorageFile file = device.Open(FileName, FileOpenMode.Read);
        byte[] bytes = new byte[Math.Min(file.LengthBytes, SizeBytesMax)];
        int sizeBytes = file.Read(0, bytes);
        try
        {
            return JsonSerializer.Deserialize<SnapshotInfo>(bytes.AsSpan(0, sizeBytes), _json)
                ?? throw new JsonException("null");
        }
        catch (JsonException damage)
        {
            throw new BackupException(
                BackupFault.ObjectDamaged, FileName, $"{FileName} is damaged: {damage.Message}", damage);
        }
    }
}
