using System.Buffers.Binary;
using Tsdb.Storage.Backups;
using Tsdb.Storage.Codecs;

namespace Tsdb.Storage.Archives;

/// <summary>What a piece's beginning says, compared with its key.</summary>
/// <param name="FirstTimeNs">When its first frame was committed, ns since 1970.</param>
/// <param name="LastTimeNs">When its last frame was committed.</param>
internal readonly record struct ArchivePieceHeader(long FirstTimeNs, long LastTimeNs)
{
    /// <summary>Reads and checks it.</summary>
    /// <param name="key">The object's key.</param>
    /// <param name="bytes">The object, or its first <see cref="ArchivePiece.HeaderSizeBytes"/>.</param>
    /// <param name="databaseUuid">As the key says.</param>
    /// <param name="range">As the key says.</param>
    /// <exception cref="BackupException">It is not what was sent, or from a newer version.</exception>
    public static ArchivePieceHeader Read(
        string key, ReadOnlySpan<byte> bytes, Guid databaseUuid, ArchiveRange range)
    {
        if (bytes.Length < ArchivePiece.HeaderSizeBytes || !bytes.StartsWith(ArchivePiece.Magic))
        {
            throw Damage(key, "a piece of the log", $"{bytes.Length} bytes of something else");
        }

        uint crc = Crc32C.Compute(bytes[..ArchivePiece.HeaderCrcOffset]);
        uint expectedCrc = BinaryPrimitives.ReadUInt32LittleEndian(bytes[ArchivePiece.HeaderCrcOffset..]);
        if (crc != expectedCrc)
        {
            throw Damage(key, $"header CRC32C {expectedCrc:x8}", $"{crc:x8}");
        }

        int version = BinaryPrimitives.ReadInt32LittleEndian(bytes[ArchivePiece.VersionOffset..]);
        uint features = BinaryPrimitives.ReadUInt32LittleEndian(bytes[ArchivePiece.FeaturesOffset..]);
        if (version > ArchivePiece.FormatVersion || (features & ~ArchivePiece.KnownFeatures) != 0)
        {
            throw new BackupException(
                BackupFault.Unsupported,
                key,
                $"{key} is of version {version}, feature bits {features:x8}, not known here");
        }

        Guid uuid = new(bytes.Slice(ArchivePiece.UuidOffset, 16), bigEndian: true);
        ArchiveRange found = new(
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[ArchivePiece.FirstLsnOffset..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[ArchivePiece.LastLsnOffset..]));
        return uuid == databaseUuid && found == range
            ? new ArchivePieceHeader(
                BinaryPrimitives.ReadInt64LittleEndian(bytes[ArchivePiece.FirstTimeOffset..]),
                BinaryPrimitives.ReadInt64LittleEndian(bytes[ArchivePiece.LastTimeOffset..]))
            : throw Damage(key, $"{range} of database {databaseUuid}", $"{found} of database {uuid}");
    }

    /// <summary>An object of the archive is not what was sent.</summary>
    public static BackupException Damage(string key, string expected, string actual) => new(
        BackupFault.ObjectDamaged,
        key,
        $"{key} is damaged: expected {expected}, found {actual}");
}
