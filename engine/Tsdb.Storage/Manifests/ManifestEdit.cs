// Body of a manifest record: edits one after another, each as
//
//   offset size field
//        0    2 kind (ManifestEditKind)
//        2    2 flags: bit 0 = ignorable, a reader that does not know the kind skips it; else it refuses
//        4    4 size of the fields in bytes
//        8      fields, then zeros up to a multiple of 8
//
// kind fields 1 database UUID 16 (big-endian byte order), shard count u32, zero u32 2 shard u32, zero u32,
// flushed LSN u64 3 flushed LSN u64, for every shard 4 next segment number i64 5 segment number i64, shard
// u32, role u32, window start i64, window size i64, min and max timestamp i64, min and max LSN u64, size i64,
// footer CRC32C u32, zero u32, UUID 16, applied LSN u64: 104 bytes 6 segment number i64 7 durable size i64,
// CRC32C u32, name
// size u32, name in UTF-8 8 known durable LSN u64 9 LSN u64, from and to i64, created ns i64, table u32,
// series count u32 (all ones: all
// of the table), series ids u32 each 10 LSN u64 11 event time ns i64, ignorable 16 as RollupFields says 24 as
// DamageFields says, ignorable 25 segment number i64, offset i64, ignorable 26 segment number i64, last pass
// ended ns i64, ignorable
//
// Little-endian. Fields may be longer than known here only with the ignorable flag. docs/formats/manifest.md
using System.Buffers.Binary;
using System.Text;
using Tsdb.Core;
using Tsdb.Storage.Deletes;

namespace Tsdb.Storage.Manifests;

/// <summary>Changes that become durable together. Made by one thread, committed once.</summary>
internal sealed class ManifestEdit
{
    internal const int HeaderSizeBytes = 8;
    internal const int SegmentSizeBytes = 104;
    internal const int TombstoneSizeBytes = 40;
    internal const uint AllSeries = uint.MaxValue;
    internal const ushort IgnorableFlag = 1;

    private byte[] _body = new byte[256];
    private int _sizeBytes;

    /// <summary>The edits as bytes.</summary>
    internal ReadOnlySpan<byte> Body => _body.AsSpan(0, _sizeBytes);

    /// <summary>Every frame up to the LSN is in segments of the shard. Never goes back.</summary>
    public ManifestEdit SetFlushedLsn(int shard, ulong lsn)
    {
        Span<byte> fields = Add(ManifestEditKind.FlushedLsn, 16);
        BinaryPrimitives.WriteInt32LittleEndian(fields, shard);
        BinaryPrimitives.WriteUInt64LittleEndian(fields[8..], lsn);
        return this;
    }

    /// <summary>Every frame up to the LSN is in segments, in every shard. Shards that are further
    /// stay.</summary>
    public ManifestEdit SetFlushedLsnOfAllShards(ulong lsn)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(Add(ManifestEditKind.FlushedLsnOfAllShards, 8), lsn);
        return this;
    }

    /// <summary>Reserves the segment numbers below it.</summary>
    public ManifestEdit SetNextSegmentNumber(long segmentNumber)
    {
        BinaryPrimitives.WriteInt64LittleEndian(Add(ManifestEditKind.NextSegmentNumber, 8), segmentNumber);
        return this;
    }

    /// <summary>Publishes a segment whose file, and whose name in its directory, are durable.</summary>
    public ManifestEdit AddSegment(SegmentEntry segment)
    {
        Span<byte> fields = Add(ManifestEditKind.SegmentAdded, SegmentSizeBytes);
        BinaryPrimitives.WriteInt64LittleEndian(fields, segment.SegmentNumber);
        BinaryPrimitives.WriteInt32LittleEndian(fields[8..], segment.Shard);
        BinaryPrimitives.WriteInt32LittleEndian(fields[12..], (int)segment.Role);
        BinaryPrimitives.WriteInt64LittleEndian(fields[16..], segment.WindowStartNs);
        BinaryPrimitives.WriteInt64LittleEndian(fields[24..], segment.WindowSizeNs);
        BinaryPrimitives.WriteInt64LittleEndian(fields[32..], segment.MinTimestampNs);
        BinaryPrimitives.WriteInt64LittleEndian(fields[40..], segment.MaxTimestampNs);
        BinaryPrimitives.WriteUInt64LittleEndian(fields[48..], segment.MinLsn);
        BinaryPrimitives.WriteUInt64LittleEndian(fields[56..], segment.MaxLsn);
        BinaryPrimitives.WriteInt64LittleEndian(fields[64..], segment.SizeBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(fields[72..], segment.FooterCrc32C);
        segment.Uuid.TryWriteBytes(fields[80..], bigEndian: true, out _);
        BinaryPrimitives.WriteUInt64LittleEndian(fields[96..], segment.AppliedLsn);
        return this;
    }

    /// <summary>Takes a segment out; its file is garbage after the commit.</summary>
    public ManifestEdit RemoveSegment(long segmentNumber)
    {
        BinaryPrimitives.WriteInt64LittleEndian(Add(ManifestEditKind.SegmentRemoved, 8), segmentNumber);
        return this;
    }

    /// <summary>Says which catalogue log holds, and how much of it is durable.</summary>
    public ManifestEdit SetCatalogLog(CatalogLogEntry log)
    {
        int nameSizeBytes = Encoding.UTF8.GetByteCount(log.FileName);
        Span<byte> fields = Add(ManifestEditKind.CatalogLog, 16 + nameSizeBytes);
        BinaryPrimitives.WriteInt64LittleEndian(fields, log.DurableSizeBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(fields[8..], log.Crc32C);
        BinaryPrimitives.WriteInt32LittleEndian(fields[12..], nameSizeBytes);
        Encoding.UTF8.GetBytes(log.FileName, fields[16..]);
        return this;
    }

    /// <summary>Raises the highest LSN known durable.</summary>
    public ManifestEdit SetKnownDurableLsn(ulong lsn)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(Add(ManifestEditKind.KnownDurableLsn, 8), lsn);
        return this;
    }

    /// <summary>Rows are deleted: those at or below the tombstone's LSN.</summary>
    public ManifestEdit AddTombstone(Tombstone tombstone)
    {
        ReadOnlySpan<uint> series = tombstone.Series;
        Span<byte> fields = Add(
            ManifestEditKind.TombstoneAdded, TombstoneSizeBytes + (series.Length * sizeof(uint)));
        BinaryPrimitives.WriteUInt64LittleEndian(fields, tombstone.Lsn);
        BinaryPrimitives.WriteInt64LittleEndian(fields[8..], tombstone.Range.FromNs);
        BinaryPrimitives.WriteInt64LittleEndian(fields[16..], tombstone.Range.ToNs);
        BinaryPrimitives.WriteInt64LittleEndian(fields[24..], tombstone.CreatedNs);
        BinaryPrimitives.WriteInt32LittleEndian(fields[32..], tombstone.TableId);
        BinaryPrimitives.WriteUInt32LittleEndian(
            fields[36..], tombstone.Series is null ? AllSeries : (uint)series.Length);
        for (int i = 0; i < series.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(
                fields[(TombstoneSizeBytes + (i * sizeof(uint)))..], series[i]);
        }

        return this;
    }

    /// <summary>A delete is carried out everywhere.</summary>
    public ManifestEdit RemoveTombstone(ulong lsn)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(Add(ManifestEditKind.TombstoneRemoved, 8), lsn);
        return this;
    }

    /// <summary>Keeps the time by which rows expire; null: it is not known, and what was stays.</summary>
    public ManifestEdit SetEventTime(long? timestampNs)
    {
        if (timestampNs is { } knownNs)
        {
            Span<byte> fields = Add(ManifestEditKind.EventTime, 8, IgnorableFlag);
            BinaryPrimitives.WriteInt64LittleEndian(fields, knownNs);
        }
        return this;
    }

    /// <summary>Says what a segment of the role Rollup holds that was added before.</summary>
    public ManifestEdit DescribeRollup(RollupEntry rollup)
    {
        RollupFields.Write(this, rollup);
        return this;
    }

    /// <summary>A part of a segment is damaged.</summary>
    public ManifestEdit AddDamage(SegmentDamage damage)
    {
        DamageFields.Write(this, damage);
        return this;
    }

    /// <summary>A part of a segment is sound again.</summary>
    public ManifestEdit EndDamage(SegmentDamage damage)
    {
        Span<byte> fields = Add(ManifestEditKind.DamageEnded, 16, IgnorableFlag);
        BinaryPrimitives.WriteInt64LittleEndian(fields, damage.SegmentNumber);
        BinaryPrimitives.WriteInt64LittleEndian(fields[8..], damage.OffsetBytes);
        return this;
    }

    /// <summary>Keeps how far verifying has come.</summary>
    public ManifestEdit SetScrubMark(ScrubMark mark)
    {
        Span<byte> fields = Add(ManifestEditKind.ScrubMark, 16, IgnorableFlag);
        BinaryPrimitives.WriteInt64LittleEndian(fields, mark.SegmentNumber);
        BinaryPrimitives.WriteInt64LittleEndian(fields[8..], mark.LastPassEndedNs);
        return this;
    }

    /// <summary>The edits that make a state from nothing.</summary>
    internal static ManifestEdit Checkpoint(ManifestState state)
    {
        var edit = new ManifestEdit();
        Span<byte> fields = edit.Add(ManifestEditKind.Reset, 24);
        state.DatabaseUuid.TryWriteBytes(fields, bigEndian: true, out _);
        BinaryPrimitives.WriteInt32LittleEndian(fields[16..], state.ShardCount);
        edit.SetNextSegmentNumber(state.NextSegmentNumber).SetKnownDurableLsn(state.KnownDurableLsn);
        for (int shard = 0; shard < state.ShardCount; shard++)
        {
            edit.SetFlushedLsn(shard, state.FlushedLsns[shard]);
        }

        foreach (SegmentEntry segment in state.Segments.Values)
        {
            edit.AddSegment(segment);
        }

        foreach (Tombstone tombstone in state.Tombstones.Items)
        {
            edit.AddTombstone(tombstone);
        }

        edit.SetEventTime(state.EventTimeNs);
        foreach (RollupEntry rollup in state.Rollups.Values)
        {
            RollupFields.Write(edit, rollup);
        }

        foreach (SegmentDamage damage in state.Damages)
        {
            edit.AddDamage(damage);
        }

        if (state.Scrub is { } mark)
        {
            edit.SetScrubMark(mark);
        }

        return state.CatalogLog is { } log ? edit.SetCatalogLog(log) : edit;
    }

    /// <summary>Room for the fields of one edit, zeroed.</summary>
    internal Span<byte> Add(ManifestEditKind kind, int fieldSizeBytes, ushort flags = 0)
    {
        int editSizeBytes = HeaderSizeBytes + ((fieldSizeBytes + 7) & -8);
        if (_body.Length - _sizeBytes < editSizeBytes)
        {
            Array.Resize(ref _body, Math.Max(_body.Length * 2, _sizeBytes + editSizeBytes));
        }

        Span<byte> edit = _body.AsSpan(_sizeBytes, editSizeBytes);
        _sizeBytes += editSizeBytes;
        BinaryPrimitives.WriteUInt16LittleEndian(edit, (ushort)kind);
        BinaryPrimitives.WriteUInt16LittleEndian(edit[2..], flags);
        BinaryPrimitives.WriteInt32LittleEndian(edit[4..], fieldSizeBytes);
        Invariant.Holds(_sizeBytes % 8 == 0);
        return edit.Slice(HeaderSizeBytes, fieldSizeBytes);
    }
}
