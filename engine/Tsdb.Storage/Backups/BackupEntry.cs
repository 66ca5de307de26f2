namespace Tsdb.Storage.Backups;

/// <summary>A file of a backup and the object that holds it.</summary>
public sealed record BackupEntry
{
    /// <summary>The file, relative to the database's directory.</summary>
    public required string Path { get; init; }

    /// <summary>The object.</summary>
    public required string Key { get; init; }

    /// <summary>Its size.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>CRC32C of all of it.</summary>
    public required uint Crc32C { get; init; }

    /// <summary>SHA-256 of all of it, in hexadecimal.</summary>
    public required string Sha256 { get; init; }
}
