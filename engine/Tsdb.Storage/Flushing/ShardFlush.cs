using Tsdb.Core;
using Tsdb.Storage.Catalogs;
using Tsdb.Storage.Devices;
using Tsdb.Storage.Expiry;
using Tsdb.Storage.Memtables;
using Tsdb.Storage.Segments;
using Tsdb.Storage.Segments.Merging;

namespace Tsdb.Storage.Flushing;

/// <summary>
/// Writes a memtable to segments, shard by shard: for each window one for rows later than all that was
/// flushed of their series, and one for the late ones.
/// </summary>
/// <remarks>For one flush; the flush thread's.</remarks>
internal sealed class ShardFlush(
    Memtable memtable,
    IStorageDevice device,
    CatalogStore catalog,
    FlushedTimes flushedTimes,
    SegmentNames names,
    ExpiryCut cut,
    MemoryAccount? scratch)
{
    // How many series ahead of the one being written memory is asked for: series of few rows lie apart.
    private const int PrefetchDistance = 8;

    private readonly MemtableSeriesReader _reader = memtable.CreateReader();
    private readonly SeriesRows _rows = new();
    private readonly SeriesRows _slice = new();
    private readonly List<(SegmentWriter Writer, string Path)> _open = [];

    /// <summary>Writes the shard's segments, durable but not yet named by the manifest.</summary>
    public List<WrittenSegment> Write(int shard)
    {
        MemtableShard source = memtable.GetShard(shard);
        if (source.RowCount == 0)
        {
            return [];
        }

        WindowWriters onTime = new(
            SegmentRole.OnTime, WindowLadder.ChooseOnTime(source.OccupiedWindows));
        WindowWriters late = new(SegmentRole.Late, WindowLadder.ChooseLate(source.OccupiedWindows));
        List<WrittenSegment>? written = null;
        try
        {
            for (int place = 0; place < source.SeriesCount; place++)
            {
                source.PrefetchTail(place + (2 * PrefetchDistance));
                source.PrefetchRows(place + PrefetchDistance);
                SeriesId series = new(((uint)place * (uint)catalog.ShardCount) + (uint)shard);
                if (source.FirstTail(place) == 0
                    || FindKept(series) is not { IsEmpty: false } kept
                    || !_reader.Collect(source, place, kept, [], _rows))
                {
                    continue;
                }

                int lateCount = CountLate(series);
                int writtenCount =
                    lateCount == 0 ? 0 : AddRows(late, series, 0, lateCount);
                writtenCount += AddRows(onTime, series, lateCount, _rows.RowCount - lateCount);

                // The log is about to forget these rows: not one may be left out.
                Invariant.Holds(writtenCount == _rows.RowCount);

                // Ahead of the manifest, so that nobody keeps a list: should this flush fail, the rows are
                // late ones of the next, which is no less right.
                flushedTimes.Raise(series, _rows.TimestampsNs[_rows.RowCount - 1]);
            }

            written = Complete();
            return written;
        }
        finally
        {
            if (written is null)
            {
                _open.ForEach(open => SegmentNames.Discard(device, open.Path));
            }

            Close();
        }
    }

    /// <summary>The times of a series whose rows are kept.</summary>
    private TimeRange FindKept(SeriesId series)
    {
        TimeRange gone = cut.FindGone(catalog.GetTable(catalog.GetPlace(series).TableId));
        return gone.IsEmpty ? TimeRange.All : new TimeRange(gone.ToNs, long.MaxValue);
    }

    private void Close()
    {
        _open.ForEach(static open => open.Writer.Dispose());
        _open.Clear();
    }

    /// <summary>Rows not later than what was flushed of their series: the first ones.</summary>
    private int CountLate(SeriesId series)
    {
        if (flushedTimes.Get(series) is not { } flushedNs)
        {
            return 0;
        }

        int index = _rows.TimestampsNs.AsSpan(0, _rows.RowCount).BinarySearch(flushedNs);
        return index < 0 ? ~index : index + 1;
    }

    private int AddRows(WindowWriters target, SeriesId series, int firstRow, int rowCount)
    {
        int writtenCount = 0;
        ReadOnlySpan<long> timestampsNs = _rows.TimestampsNs.AsSpan(firstRow, rowCount);
        for (int i = 0; i < target.Windows.Length && writtenCount < rowCount; i++)
        {
            (int first, int count) = TimeBounds.Find(timestampsNs, target.Windows[i]);
            if (count > 0)
            {
                SegmentWriter writer = target.Writers[i] ??=
                    Start(target.Role, target.Windows[i], series);
                Add(writer, series, firstRow + first, count);
                writtenCount += count;
            }
        }

        return writtenCount;
    }

    private void Add(SegmentWriter writer, SeriesId series, int firstRow, int rowCount)
    {
        int tableId = catalog.GetPlace(series).TableId;
        if (rowCount == _rows.RowCount)
        {
            writer.Add(series, tableId, _rows);
            return;
        }

        RowSlice.Copy(_rows, firstRow, rowCount, _slice);
        writer.Add(series, tableId, _slice);
    }

    private SegmentWriter Start(SegmentRole role, TimeRange window, SeriesId series)
    {
        long number = names.Next();
        SegmentIdentity identity = new(
            Guid.NewGuid(),
            number,
            catalog.ShardOf(series),
            catalog.ShardCount,
            window,
            role,
            (long)memtable.FirstLsn,
            (long)memtable.LastLsn);
        string path = SegmentNames.PathOf(number);
        SegmentWriter writer = new(device, path, identity, new MemoryHold(scratch));
        _open.Add((writer, path));
        return writer;
    }

    private List<WrittenSegment> Complete()
    {
        List<WrittenSegment> written = [];
        foreach ((SegmentWriter writer, string path) in _open)
        {
            written.Add(WrittenSegment.Complete(writer, path));
        }

        return written;
    }

    /// <summary>The segments of one role, one a window, each begun with its first row.</summary>
    private sealed class WindowWriters(SegmentRole role, IReadOnlyList<TimeRange> windows)
    {
        public SegmentRole Role { get; } = role;

        public TimeRange[] Windows { get; } = [.. windows];

        public SegmentWriter?[] Writers { get; } = new SegmentWriter?[windows.Count];
    }
}
