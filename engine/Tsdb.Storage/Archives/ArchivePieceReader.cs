using System.Buffers.Binary;
using System.Security.Cryptography;
using Tsdb.Storage.Backups;
using Tsdb.Storage.Codecs;

namespace Tsdb.Storage.Archives;

/// <summary>Takes the frames out of an object of the archive; everything is checked against the object's
/// key.</summary>
internal sealed class ArchivePieceReader
{
    private readonly string _key;
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly ArchiveRange _range;
    private int _offset = ArchivePiece.HeaderSizeBytes;
    private ulong _nextLsn;
    private long _timeNs = long.MinValue;

    /// <param name="key">The object's key.</param>
    /// <param name="bytes">All of it.</param>
    /// <param name="databaseUuid">As the key says.</param>
    /// <param name="range">As the key says.</param>
    /// <exception cref="BackupException">It is not what was sent, or from a newer version.</exception>
    public ArchivePieceReader(string key, ReadOnlyMemory<byte> bytes, Guid databaseUuid, ArchiveRange range)
    {
        _key = key;
        _bytes = bytes;
        _range = range;
        _nextLsn = range.FirstLsn;
        LastTimeNs = CheckWhole(databaseUuid).LastTimeNs;
    }

    /// <summary>When its last frame was committed.</summary>
    public long LastTimeNs { get; }

    /// <summary>Reads the next frame; false behind the last.</summary>
    /// <exception cref="BackupException">It is not what was sent.</exception>
    public bool TryRead(out ArchivedFrame frame)
    {
        frame = default;
        if (_nextLsn > _range.LastLsn)
        {
            if (_offset != EndOffset)
            {
                throw Damage($"the end of the frames at byte {EndOffset}", $"{_offset}");
            }

            return false;
        }

        if (_offset + ArchivePiece.FrameHeaderSizeBytes > EndOffset)
        {
            throw Damage($"a frame with LSN {_nextLsn} at byte {_offset}", "the end");
        }

        ReadOnlySpan<byte> header = _bytes.Span.Slice(_offset, ArchivePiece.FrameHeaderSizeBytes);
        uint crc = Crc32C.Compute(header[..ArchivePiece.FrameCrcOffset]);
        ulong lsn = BinaryPrimitives.ReadUInt64LittleEndian(header);
        long timeNs = BinaryPrimitives.ReadInt64LittleEndian(header[ArchivePiece.FrameTimeOffset..]);
        int sizeBytes = BinaryPrimitives.ReadInt32LittleEndian(header[ArchivePiece.FrameSizeOffset..]);
        int kind = BinaryPrimitives.ReadInt32LittleEndian(header[ArchivePiece.FrameKindOffset..]);
        int payloadOffset = _offset + ArchivePiece.FrameHeaderSizeBytes;
        bool isSound = crc == BinaryPrimitives.ReadUInt32LittleEndian(header[ArchivePiece.FrameCrcOffset..])
            && lsn == _nextLsn && timeNs >= _timeNs && kind is >= 0 and <= byte.MaxValue
            && sizeBytes >= 0 && sizeBytes <= EndOffset - payloadOffset;
        if (!isSound)
        {
            throw Damage(
                $"a sound frame with LSN {_nextLsn} at byte {_offset}", $"LSN {lsn}, CRC32C {crc:x8}");
        }

        ReadOnlyMemory<byte> payload = _bytes.Slice(payloadOffset, sizeBytes);
        uint expected = BinaryPrimitives.ReadUInt32LittleEndian(header[ArchivePiece.FramePayloadCrcOffset..]);
        uint actual = Crc32C.Compute(payload.Span);
        if (actual != expected)
        {
            throw Damage($"payload CRC32C {expected:x8} at byte {payloadOffset}", $"{actual:x8}");
        }

        frame = new ArchivedFrame(lsn, timeNs, (byte)kind, payload);
        _offset = payloadOffset + sizeBytes;
        _nextLsn++;
        _timeNs = timeNs;
        return true;
    }

    private int EndOffset => _bytes.Length - ArchivePiece.DigestSizeBytes;

    private ArchivePieceHeader CheckWhole(Guid databaseUuid)
    {
        if (_bytes.Length < ArchivePiece.HeaderSizeBytes + ArchivePiece.DigestSizeBytes)
        {
            throw Damage("a piece of the log", $"{_bytes.Length} bytes of something else");
        }

        ArchivePieceHeader header = ArchivePieceHeader.Read(_key, _bytes.Span, databaseUuid, _range);
        CheckDigest(_bytes.Span);
        return header;
    }

    private void CheckDigest(ReadOnlySpan<byte> bytes)
    {
        Span<byte> digest = stackalloc byte[ArchivePiece.DigestSizeBytes];
        SHA256.HashData(bytes[..EndOffset], digest);
        if (!digest.SequenceEqual(bytes[EndOffset..]))
        {
            throw Damage(
                $"SHA-256 {Convert.ToHexStringLower(bytes[EndOffset..])}", Convert.ToHexStringLower(digest));
        }
    }

    private BackupException Damage(string expected, string actual) =>
        ArchivePieceHeader.Damage(_key, expected, actual);
}
