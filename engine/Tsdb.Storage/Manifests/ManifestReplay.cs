using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using Tsdb.Storage.Deletes;
using Tsdb.Storage.Segments;

namespace Tsdb.Storage.Manifests;

/// <summary>
/// Applies the edits of a record to a state. The one place that knows what an edit does: commits go through
/// it as well, so that a restart gives what the process had.
/// </summary>
internal sealed class ManifestReplay
{
    private const int ShardCountMax = 1 << 16;

    private readonly string _path;
    private readonly ImmutableArray<ulong>.Builder _flushedLsns;
    private readonly ImmutableSortedDictionary<long, SegmentEntry>.Builder _segments;
    private readonly ImmutableSortedDictionary<long, RollupEntry>.Builder _rollups;
    private Guid _databaseUuid;
    private long _nextSegmentNumber;
    private ulong _knownDurableLsn;
    private CatalogLogEntry? _catalogLog;
    private TombstoneSet _tombstones;
    private long? _eventTimeNs;
    private ImmutableArray<SegmentDamage> _damages;
    private ScrubMark? _scrub;

    private ManifestReplay(string path, ManifestState state)
    {
        _path = path;
        _databaseUuid = state.DatabaseUuid;
        _flushedLsns = state.FlushedLsns.ToBuilder();
        _segments = state.Segments.ToBuilder();
        _rollups = state.Rollups.ToBuilder();
        _nextSegmentNumber = state.NextSegmentNumber;
        _knownDurableLsn = state.KnownDurableLsn;
        _catalogLog = state.CatalogLog;
        _tombstones = state.Tombstones;
        _eventTimeNs = state.EventTimeNs;
        _damages = state.Damages;
        _scrub = state.Scrub;
    }

    /// <summary>Gives the state after a record.</summary>
    /// <param name="state">The state before it; does not matter if the record is a checkpoint.</param>
    /// <param name="commitNumber">The record's number.</param>
    /// <param name="body">The record's body.</param>
    /// <param name="path">The log, for exceptions.</param>
    /// <param name="next">The state after it; unspecified if there is a flaw.</param>
    /// <returns>What is wrong with the body; empty if nothing.</returns>
    /// <exception cref="ManifestUnsupportedException">An edit is of an unknown kind that may not be
    /// ignored.</exception>
    public static string TryApply(
        ManifestState state, long commitNumber, ReadOnlySpan<byte> body, string path, out ManifestState next)
    {
        var replay = new ManifestReplay(path, state);
        string flaw = "";
        for (int position = 0; position < body.Length && flaw.Length == 0;)
        {
            flaw = replay.ApplyOne(body[position..], out int sizeBytes);
            position += sizeBytes;
        }

        next = new ManifestState
        {
            DatabaseUuid = replay._databaseUuid,
            CommitNumber = commitNumber,
            FlushedLsns = replay._flushedLsns.ToImmutable(),
            NextSegmentNumber = replay._nextSegmentNumber,
            Segments = replay._segments.ToImmutable(),
            Rollups = replay._rollups.ToImmutable(),
            CatalogLog = replay._catalogLog,
            KnownDurableLsn = replay._knownDurableLsn,
            Tombstones = replay._tombstones,
            EventTimeNs = replay._eventTimeNs,
            Damages = replay._damages,
            Scrub = replay._scrub,
        };
        return flaw;
    }

    /// <summary>Whether the body begins with a reset: such a record needs nothing before it.</summary>
    public static bool IsCheckpoint(ReadOnlySpan<byte> body) =>
        body.Length >= ManifestEdit.HeaderSizeBytes
        && BinaryPrimitives.ReadUInt16LittleEndian(body) == (ushort)ManifestEditKind.Reset;

    private string ApplyOne(ReadOnlySpan<byte> rest, out int sizeBytes)
    {
        sizeBytes = 0;
        if (rest.Length < ManifestEdit.HeaderSizeBytes)
        {
            return "half an edit";
        }

        var kind = (ManifestEditKind)BinaryPrimitives.ReadUInt16LittleEndian(rest);
        int flags = BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]);
        int fieldSizeBytes = BinaryPrimitives.ReadInt32LittleEndian(rest[4..]);
        if (fieldSizeBytes < 0 || fieldSizeBytes > rest.Length - ManifestEdit.HeaderSizeBytes)
        {
            return $"an edit of {fieldSizeBytes} bytes";
        }

        sizeBytes = ManifestEdit.HeaderSizeBytes + ((fieldSizeBytes + 7) & -8);
        ReadOnlySpan<byte> fields = rest.Slice(ManifestEdit.HeaderSizeBytes, fieldSizeBytes);
        int neededBytes = GetFieldSizeBytes(kind);
        if (neededBytes < 0)
        {
            return (flags & ManifestEdit.IgnorableFlag) != 0
                ? ""
                : throw new ManifestUnsupportedException(_path, $"edit of kind {(int)kind}");
        }

        return fieldSizeBytes < neededBytes ? $"{kind} of {fieldSizeBytes} bytes" : ApplyFields(kind, fields);
    }

    private static int GetFieldSizeBytes(ManifestEditKind kind) => kind switch
    {
        ManifestEditKind.Reset => 24,
        ManifestEditKind.FlushedLsn => 16,
        ManifestEditKind.SegmentAdded => ManifestEdit.SegmentSizeBytes,
        ManifestEditKind.CatalogLog => 16,
        ManifestEditKind.Rollup => RollupFields.SizeBytesMin,
        ManifestEditKind.FlushedLsnOfAllShards or ManifestEditKind.NextSegmentNumber
            or ManifestEditKind.SegmentRemoved or ManifestEditKind.KnownDurableLsn
            or ManifestEditKind.TombstoneRemoved or ManifestEditKind.EventTime => 8,
        ManifestEditKind.DamageEnded or ManifestEditKind.ScrubMark => 16,
        ManifestEditKind.DamageFound => DamageFields.SizeBytesMin,
        ManifestEditKind.TombstoneAdded => ManifestEdit.TombstoneSizeBytes,
        _ => -1,
    };

    private string ApplyFields(ManifestEditKind kind, ReadOnlySpan<byte> fields)
    {
        switch (kind)
        {
            case ManifestEditKind.Reset:
                return Reset(fields);
            case ManifestEditKind.FlushedLsn:
                return SetFlushedLsn(fields);
            case ManifestEditKind.FlushedLsnOfAllShards:
                RaiseAllShards(BinaryPrimitives.ReadUInt64LittleEndian(fields));
                return "";
            case ManifestEditKind.NextSegmentNumber:
                _nextSegmentNumber =
                    Math.Max(_nextSegmentNumber, BinaryPrimitives.ReadInt64LittleEndian(fields));
                return "";
            case ManifestEditKind.SegmentAdded:
                return AddSegment(ReadSegment(fields));
            case ManifestEditKind.SegmentRemoved:
                long number = BinaryPrimitives.ReadInt64LittleEndian(fields);
                _rollups.Remove(number);
                _damages = _damages.RemoveAll(part => part.SegmentNumber == number);
                return _segments.Remove(number) ? "" : $"removal of segment {number}, which is not there";
            case ManifestEditKind.Rollup:
                return AddRollup(fields);
            case ManifestEditKind.CatalogLog:
                return SetCatalogLog(fields);
            case ManifestEditKind.TombstoneAdded:
                return TombstoneFields.TryRead(fields, _tombstones.LastLsn, out Tombstone? tombstone)
                    ? AddTombstone(tombstone)
                    : "a malformed delete";
            case ManifestEditKind.TombstoneRemoved:
                return RemoveTombstone(BinaryPrimitives.ReadUInt64LittleEndian(fields));
            case ManifestEditKind.EventTime:
                _eventTimeNs = BinaryPrimitives.ReadInt64LittleEndian(fields);
                return "";
            case ManifestEditKind.DamageFound:
                return AddDamage(fields);
            case ManifestEditKind.DamageEnded:
                EndDamage(
                    BinaryPrimitives.ReadInt64LittleEndian(fields),
                    BinaryPrimitives.ReadInt64LittleEndian(fields[8..]));
                return "";
            case ManifestEditKind.ScrubMark:
                _scrub = new ScrubMark(
                    BinaryPrimitives.ReadInt64LittleEndian(fields),
                    BinaryPrimitives.ReadInt64LittleEndian(fields[8..]));
                return "";
            default:
                _knownDurableLsn =
                    Math.Max(_knownDurableLsn, BinaryPrimitives.ReadUInt64LittleEndian(fields));
                return "";
        }
    }

    private string Reset(ReadOnlySpan<byte> fields)
    {
        int shardCount = BinaryPrimitives.ReadInt32LittleEndian(fields[16..]);
        if (shardCount is < 1 or > ShardCountMax)
        {
            return $"{shardCount} shards";
        }

        _databaseUuid = new Guid(fields[..16], bigEndian: true);
        _flushedLsns.Clear();
        _flushedLsns.AddRange(new ulong[shardCount]);
        _segments.Clear();
        _rollups.Clear();
        _nextSegmentNumber = 1;
        _knownDurableLsn = 0;
        _catalogLog = null;
        _tombstones = TombstoneSet.Empty;
        _eventTimeNs = null;
        _damages = [];
        _scrub = null;
        return "";
    }

    /// <summary>Of a part that is told of twice the last word counts; one whose segment has gone meanwhile is
    /// nobody's concern.</summary>
    private string AddDamage(ReadOnlySpan<byte> fields)
    {
        if (!DamageFields.TryRead(fields, out SegmentDamage? damage))
        {
            return "malformed damage";
        }

        if (_segments.ContainsKey(damage.SegmentNumber))
        {
            EndDamage(damage.SegmentNumber, damage.OffsetBytes);
            _damages = _damages.Add(damage);
        }

        return "";
    }

    private void EndDamage(long segmentNumber, long offsetBytes) => _damages = _damages.RemoveAll(
        part => part.SegmentNumber == segmentNumber && part.OffsetBytes == offsetBytes);

    private string AddTombstone(Tombstone tombstone)
    {
        _tombstones = TombstoneSet.From([.. _tombstones.Items, tombstone]);
        return "";
    }

    private string RemoveTombstone(ulong lsn)
    {
        if (!_tombstones.Contains(lsn))
        {
            return $"removal of delete {lsn}, which is not there";
        }

        _tombstones = _tombstones.Without(lsn);
        return "";
    }

    private string SetFlushedLsn(ReadOnlySpan<byte> fields)
    {
        int shard = BinaryPrimitives.ReadInt32LittleEndian(fields);
        ulong lsn = BinaryPrimitives.ReadUInt64LittleEndian(fields[8..]);
        if ((uint)shard >= (uint)_flushedLsns.Count || lsn < _flushedLsns[shard])
        {
            return $"flushed LSN {lsn} of shard {shard}";
        }

        _flushedLsns[shard] = lsn;
        return "";
    }

    private void RaiseAllShards(ulong lsn)
    {
        for (int shard = 0; shard < _flushedLsns.Count; shard++)
        {
            _flushedLsns[shard] = Math.Max(_flushedLsns[shard], lsn);
        }
    }

    private string AddSegment(SegmentEntry segment)
    {
        bool isSound = (uint)segment.Shard < (uint)_flushedLsns.Count
            && Enum.IsDefined(segment.Role)
            && segment.SegmentNumber > 0
            && segment.MinTimestampNs <= segment.MaxTimestampNs
            && segment.MinLsn <= segment.MaxLsn;
        if (!isSound || !_segments.TryAdd(segment.SegmentNumber, segment))
        {
            return $"segment {segment.SegmentNumber} of shard {segment.Shard}, unsound or there twice";
        }

        _nextSegmentNumber = Math.Max(_nextSegmentNumber, segment.SegmentNumber + 1);
        return "";
    }

    private string AddRollup(ReadOnlySpan<byte> fields)
    {
        bool isSound = RollupFields.TryRead(fields, out RollupEntry? rollup)
            && _segments.TryGetValue(rollup.SegmentNumber, out SegmentEntry? segment)
            && segment.Role == SegmentRole.Rollup
            && _rollups.TryAdd(rollup.SegmentNumber, rollup);
        return isSound ? "" : "a rollup without a segment of its own";
    }

    private string SetCatalogLog(ReadOnlySpan<byte> fields)
    {
        int nameSizeBytes = BinaryPrimitives.ReadInt32LittleEndian(fields[12..]);
        if (nameSizeBytes < 0 || nameSizeBytes > fields.Length - 16)
        {
            return $"a catalogue log's name of {nameSizeBytes} bytes";
        }

        _catalogLog = new CatalogLogEntry(
            Encoding.UTF8.GetString(fields.Slice(16, nameSizeBytes)),
            BinaryPrimitives.ReadInt64LittleEndian(fields),
            BinaryPrimitives.ReadUInt32LittleEndian(fields[8..]));
        return "";
    }

    private static SegmentEntry ReadSegment(ReadOnlySpan<byte> fields) => new()
    {
        SegmentNumber = BinaryPrimitives.ReadInt64LittleEndian(fields),
        Shard = BinaryPrimitives.ReadInt32LittleEndian(fields[8..]),
        Role = (SegmentRole)BinaryPrimitives.ReadInt32LittleEndian(fields[12..]),
        WindowStartNs = BinaryPrimitives.ReadInt64LittleEndian(fields[16..]),
        WindowSizeNs = BinaryPrimitives.ReadInt64LittleEndian(fields[24..]),
        MinTimestampNs = BinaryPrimitives.ReadInt64LittleEndian(fields[32..]),
        MaxTimestampNs = BinaryPrimitives.ReadInt64LittleEndian(fields[40..]),
        MinLsn = BinaryPrimitives.ReadUInt64LittleEndian(fields[48..]),
        MaxLsn = BinaryPrimitives.ReadUInt64LittleEndian(fields[56..]),
        SizeBytes = BinaryPrimitives.ReadInt64LittleEndian(fields[64..]),
        FooterCrc32C = BinaryPrimitives.ReadUInt32LittleEndian(fields[72..]),
        Uuid = new Guid(fields.Slice(80, 16), bigEndian: true),
        AppliedLsn = BinaryPrimitives.ReadUInt64LittleEndian(fields[96..]),
    };
}
