using Tsdb.Core;
using Tsdb.Storage.Recovery;
using Tsdb.Storage.Rollups;
using Tsdb.Storage.Segments;
using Tsdb.Storage.Versions;

namespace Tsdb.Storage;

/// <summary>
/// Reads one series after another from a tier: the buckets for which the tier says exactly what the rows
/// would say, and which times are left to be read as rows.
/// </summary>
/// <remarks>For one thread; belongs to a <see cref="StorageSnapshot"/> and must not outlive it.</remarks>
public sealed class RollupReader
{
    private readonly TableSchema _table;
    private readonly RollupDefinition _rollup;
    private readonly MissingRows? _missing;
    private readonly TimeRange _kept;
    private readonly ChangedTimes _changes;
    private readonly RollupBlock _block;
    private readonly List<RollupFile>[] _filesByShard;
    private readonly List<TimeRange> _changed = [];
    private readonly List<TimeRange> _rawRanges = [];
    private readonly List<CleanSpan> _spans = [];
    private SeriesId _series;
    private int _nextSpan;

    internal RollupReader(
        StorageVersion version,
        TableSchema table,
        RollupDefinition rollup,
        IReadOnlyList<int> columnIds,
        MissingRows? missing,
        TimeRange kept)
    {
        _kept = kept;
        _table = table;
        _rollup = rollup;
        _missing = missing;
        _changes = new ChangedTimes(version, table.TableId);
        ColumnSchema[] columns = [.. columnIds.Select(columnId => table.Columns[columnId - 1])];
        _block = new RollupBlock(columns);
        _filesByShard = new List<RollupFile>[version.SegmentsByShard.Count];
        for (int shard = 0; shard < _filesByShard.Length; shard++)
        {
            _filesByShard[shard] =
            [
                .. version.Rollups
                    .Where(file => file.Shard == shard && file.IsOf(table.TableId, rollup.RollupId)
                        && columns.All(file.Has))
                    .OrderBy(static file => file.Entry.Range.FromNs),
            ];
        }
    }

    /// <summary>The times of the series whose rows have to be read, in order, none of which
    /// overlap.</summary>
    public IReadOnlyList<TimeRange> RawRanges => _rawRanges;

    /// <summary>Buckets of the series that the tier answers for, those without rows included.</summary>
    public long CleanBucketCount =>
        _spans.Sum(span => (span.Range.ToNs - span.Range.FromNs) / _rollup.EveryNs);

    /// <summary>Start of the present bucket, ns.</summary>
    public long BucketNs => _block.BucketNs;

    /// <summary>Rows of the present bucket, at least one.</summary>
    public int RowCount => _block.RowCount;

    /// <summary>What is known of a column in the present bucket, by its place among those the reader was made
    /// for. Values whose status is Bad are left out.</summary>
    public ColumnStatistics Column(int column) => _block.ReadColumn(column);

    /// <summary>Goes to a series; <see cref="MoveNext"/> leads to its first bucket.</summary>
    /// <param name="series">Any series of the reader's table.</param>
    /// <param name="range">Buckets that are not whole inside are read as rows.</param>
    public void Open(SeriesId series, TimeRange range)
    {
        range = new TimeRange(Math.Clamp(_kept.FromNs, range.FromNs, range.ToNs), range.ToNs);
        _missing?.ThrowIfTouching(_table.TableId, range);
        _series = series;
        _spans.Clear();
        _rawRanges.Clear();
        _nextSpan = 0;
        _block.Close();
        long rawFromNs = range.FromNs;
        foreach (RollupFile file in _filesByShard[series.Value % (uint)_filesByShard.Length])
        {
            TimeRange inside = Inside(file.Entry.Range.Intersect(range));
            if (!inside.IsEmpty && inside.FromNs >= rawFromNs && RollupBlock.IsReadable(file, series))
            {
                rawFromNs = AddClean(file, inside, rawFromNs);
            }
        }

        AddRaw(new TimeRange(rawFromNs, range.ToNs));
    }

    /// <summary>Goes to the next bucket with rows; false when there is none.</summary>
    /// <exception cref="SegmentCorruptException">A segment is damaged; the exception says which and
    /// where.</exception>
    public bool MoveNext()
    {
        while (!_block.MoveNext())
        {
            if (_nextSpan == _spans.Count)
            {
                return false;
            }

            CleanSpan span = _spans[_nextSpan++];
            _block.Open(span.File, _series, span.Range);
        }

        return true;
    }

    /// <summary>The whole buckets of a range.</summary>
    private TimeRange Inside(TimeRange range)
    {
        long fromNs = _rollup.FloorNs(range.FromNs);
        return new TimeRange(
            fromNs == range.FromNs || range.IsEmpty ? range.FromNs : fromNs + _rollup.EveryNs,
            _rollup.FloorNs(range.ToNs));
    }

    /// <summary>Adds what is unchanged of a file's buckets, and what lies before it as raw.</summary>
    /// <returns>Where the time begins that has not been added.</returns>
    private long AddClean(RollupFile file, TimeRange inside, long rawFromNs)
    {
        _changed.Clear();
        _changes.Find(_series, inside, file.Entry.Lsn, _rollup, _changed);
        _changed.Sort(static (left, right) => left.FromNs.CompareTo(right.FromNs));
        long fromNs = inside.FromNs;
        foreach (TimeRange changed in _changed)
        {
            TimeRange clean = new(fromNs, Math.Min(changed.FromNs, inside.ToNs));
            rawFromNs = AddSpan(file, clean, rawFromNs);
            fromNs = Math.Max(fromNs, changed.ToNs);
        }

        return AddSpan(file, new TimeRange(fromNs, inside.ToNs), rawFromNs);
    }

    private long AddSpan(RollupFile file, TimeRange clean, long rawFromNs)
    {
        if (clean.IsEmpty)
        {
            return rawFromNs;
        }

        AddRaw(new TimeRange(rawFromNs, clean.FromNs));
        _spans.Add(new CleanSpan(file, clean));
        return clean.ToNs;
    }

    private void AddRaw(TimeRange range)
    {
        if (!range.IsEmpty)
        {
            _rawRanges.Add(range);
        }
    }
}
