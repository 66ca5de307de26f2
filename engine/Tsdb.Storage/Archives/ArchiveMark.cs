using System.Text.Json;
using Tsdb.Storage.Backups;

namespace Tsdb.Storage.Archives;

/// <summary>How far an archive reaches in time, as its object <c>mark</c> says.</summary>
internal sealed record ArchiveMark
{
    private static readonly JsonSerializerOptions _json =
        new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>The last LSN in the archive.</summary>
    public required ulong Lsn { get; init; }

    /// <summary>No frame above <see cref="Lsn"/> was committed at or before it; ns since 1970.</summary>
    public required long UntilNs { get; init; }

    public byte[] ToBytes() => SealedLine.Write(JsonSerializer.SerializeToUtf8Bytes(this, _json));

    /// <exception cref="BackupException">It is damaged.</exception>
    public static ArchiveMark Parse(string key, ReadOnlySpan<byte> bytes) =>
        SealedLine.Parse<ArchiveMark>(key, bytes, _json);
}
