using System.Buffers.Binary;
using System.Security.Cryptography;
using Tsdb.Storage.Archives;
using Tsdb.Storage.Backups;
using Tsdb.Storage.Codecs;
using Tsdb.Storage.Deletes;
using Tsdb.Storage.Manifests;
using Tsdb.Storage.Wal;

namespace Tsdb.Fuzz.Targets;

/// <summary>A piece of an archived log, under right checksums: its frames are given in order or
/// refused.</summary>
internal sealed class ArchiveTarget : FuzzTarget
{
    private static readonly Guid _uuid = new("00112233-4455-6677-8899-aabbccddeeff");

    private readonly ArchiveRange _range;

    public ArchiveTarget()
    {
        using ArchivePieceWriter piece = new(_uuid, memory: null);
        (ManifestState state, _) = ManifestReader.Read(SampleDatabase.Load("none", []));
        WalReader.Replay(
            SampleDatabase.Load("none", []),
            new WalOptions { DatabaseUuid = state.DatabaseUuid },
            state.FlushedLsnOfAllShards,
            state.KnownDurableLsn,
            piece.Add);
        _range = piece.Range;
        Samples = [piece.Finish().ToArray()];
    }

    public override string Name => "archive";

    public override IReadOnlyList<byte[]> Samples { get; }

    public override void Seal(byte[] input)
    {
        if (input.Length < ArchivePiece.HeaderSizeBytes + ArchivePiece.DigestSizeBytes)
        {
            return;
        }

        Span<byte> header = input.AsSpan(0, ArchivePiece.HeaderSizeBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(
            header[ArchivePiece.HeaderCrcOffset..], Crc32C.Compute(header[..ArchivePiece.HeaderCrcOffset]));
        Span<byte> frames = input.AsSpan(ArchivePiece.HeaderSizeBytes..^ArchivePiece.DigestSizeBytes);
        while (frames.Length >= ArchivePiece.FrameHeaderSizeBytes)
        {
            frames = SealFrame(frames);
        }

        int endOffset = input.Length - ArchivePiece.DigestSizeBytes;
        SHA256.HashData(input.AsSpan(0, endOffset), input.AsSpan(endOffset));
    }

    public override void Run(byte[] input)
    {
        try
        {
            ArchivePieceReader piece = new("piece", input, _uuid, _range);
            ulong lsn = _range.FirstLsn;
            List<Tombstone> deletes = [];
            while (piece.TryRead(out ArchivedFrame frame))
            {
                if (frame.Lsn != lsn++)
                {
                    throw new InvalidOperationException($"frame {frame.Lsn}, not {lsn - 1}");
                }

                FrameContents.TryRead(frame, deletes, out _);
            }
        }
        catch (BackupException)
        {
            // Refused, with the place.
        }
    }

    /// <summary>What follows the frame; nothing when its size is wrong.</summary>
    private static Span<byte> SealFrame(Span<byte> frames)
    {
        Span<byte> header = frames[..ArchivePiece.FrameHeaderSizeBytes];
        Span<byte> rest = frames[ArchivePiece.FrameHeaderSizeBytes..];
        int sizeBytes = BinaryPrimitives.ReadInt32LittleEndian(header[ArchivePiece.FrameSizeOffset..]);
        bool isWhole = sizeBytes >= 0 && sizeBytes <= rest.Length;
        if (isWhole)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(
                header[ArchivePiece.FramePayloadCrcOffset..], Crc32C.Compute(rest[..sizeBytes]));
        }

        BinaryPrimitives.WriteUInt32LittleEndian(
            header[ArchivePiece.FrameCrcOffset..], Crc32C.Compute(header[..ArchivePiece.FrameCrcOffset]));
        return isWhole ? rest[sizeBytes..] : [];
    }
}
