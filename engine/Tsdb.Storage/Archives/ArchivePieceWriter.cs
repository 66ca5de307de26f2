using System.Buffers.Binary;
using System.Security.Cryptography;
using Tsdb.Core;
using Tsdb.Storage.Codecs;
using Tsdb.Storage.Wal;

namespace Tsdb.Storage.Archives;

/// <summary>Collects frames until they are worth an object. Reused; not thread safe.</summary>
/// <param name="databaseUuid">Who logged them.</param>
/// <param name="memory">Pays for what is collected; null where nobody keeps accounts.</param>
internal sealed class ArchivePieceWriter(Guid databaseUuid, MemoryAccount? memory) : IDisposable
{
    private byte[] _bytes = [];
    private int _sizeBytes;
    private ulong _firstLsn;
    private ulong _lastLsn;
    private long _firstTimeNs;
    private long _lastTimeNs;

    public bool IsEmpty => _sizeBytes == 0;

    public int SizeBytes => _sizeBytes;

    public ArchiveRange Range => new(_firstLsn, _lastLsn);

    public void Clear() => _sizeBytes = 0;

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        Clear();
        memory?.Release(_bytes.Length);
        _bytes = [];
    }

    /// <summary>Adds the frame that follows the last one.</summary>
    public void Add(in WalFrame frame, ReadOnlySpan<byte> payload)
    {
        // Logs of older versions may go back in time where the clock did over a restart; an archive never
        // does.
        long timeNs = Math.Max(frame.CommitTimeNs, _lastTimeNs);
        if (IsEmpty)
        {
            _firstLsn = frame.Lsn;
            _firstTimeNs = timeNs;
            Reserve(ArchivePiece.HeaderSizeBytes);
            _sizeBytes = ArchivePiece.HeaderSizeBytes;
        }
        else
        {
            Invariant.Holds(frame.Lsn == _lastLsn + 1);
        }

        Reserve(ArchivePiece.FrameHeaderSizeBytes + payload.Length);
        Span<byte> header = _bytes.AsSpan(_sizeBytes, ArchivePiece.FrameHeaderSizeBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(header, frame.Lsn);
        BinaryPrimitives.WriteInt64LittleEndian(header[ArchivePiece.FrameTimeOffset..], timeNs);
        BinaryPrimitives.WriteInt32LittleEndian(header[ArchivePiece.FrameSizeOffset..], payload.Length);
        BinaryPrimitives.WriteInt32LittleEndian(header[ArchivePiece.FrameKindOffset..], frame.PayloadKind);
        BinaryPrimitives.WriteUInt32LittleEndian(
            header[ArchivePiece.FramePayloadCrcOffset..], Crc32C.Compute(payload));
        BinaryPrimitives.WriteUInt32LittleEndian(
            header[ArchivePiece.FrameCrcOffset..], Crc32C.Compute(header[..ArchivePiece.FrameCrcOffset]));
        payload.CopyTo(_bytes.AsSpan(_sizeBytes + ArchivePiece.FrameHeaderSizeBytes));
        _sizeBytes += ArchivePiece.FrameHeaderSizeBytes + payload.Length;
        _lastLsn = frame.Lsn;
        _lastTimeNs = timeNs;
    }

    /// <summary>The object; valid until the next call.</summary>
    public ReadOnlyMemory<byte> Finish()
    {
        Invariant.Holds(!IsEmpty);
        ArchivePiece.WriteHeader(_bytes, databaseUuid, Range, _firstTimeNs, _lastTimeNs);
        Reserve(ArchivePiece.DigestSizeBytes);
        SHA256.HashData(_bytes.AsSpan(0, _sizeBytes), _bytes.AsSpan(_sizeBytes));
        return _bytes.AsMemory(0, _sizeBytes + ArchivePiece.DigestSizeBytes);
    }

    private void Reserve(int sizeBytes)
    {
        if (_sizeBytes + sizeBytes > _bytes.Length)
        {
            long wantedBytes = Math.Max(1 << 16, (_sizeBytes + (long)sizeBytes) * 2);
            int lengthBytes = (int)Math.Min(Array.MaxLength, wantedBytes);
            byte[] grown = new byte[lengthBytes];
            memory?.Charge(lengthBytes - _bytes.Length);
            _bytes.AsSpan(0, _sizeBytes).CopyTo(grown);
            _bytes = grown;
        }
    }
}
