using Tsdb.Core;
using Tsdb.Query.Planning;
using Tsdb.Query.Planning.Rollups;
using Tsdb.Query.Scan;
using Tsdb.Storage;

namespace Tsdb.Query.Operators.Aggregates;

/// <summary>Feeds the buckets of a tier to accumulators, and says what is left to be read as rows.</summary>
internal sealed class RollupFeed
{
    private readonly RollupChoice _choice;
    private readonly RollupReader _reader;
    private readonly TagIndex _tags;
    private int _takenCount;

    private RollupFeed(RollupChoice choice, RollupReader reader, TagIndex tags)
    {
        _choice = choice;
        _reader = reader;
        _tags = tags;
    }

    /// <summary>The present bucket's start.</summary>
    public long BucketNs => _reader.BucketNs;

    /// <summary>The feed for a grouping; null when no tier fits it.</summary>
    public static RollupFeed? TryCreate(
        ScanPlan scan, GroupPlan plan, TagColumns tags, StorageSnapshot snapshot, QueryContext context) =>
        context.UsesRollups && RollupChoice.Find(scan, plan, snapshot) is { } choice
            ? new RollupFeed(
                choice, snapshot.CreateRollupReader(scan.Table, choice.Rollup, choice.ColumnIds), tags.Index)
            : null;

    /// <summary>Goes to a series.</summary>
    public void Open(int ordinal, TimeRange range)
    {
        _reader.Open(_tags.GetSeries(ordinal), range);
        _takenCount = 0;
    }

    /// <summary>Gives the next span of time to be read as rows; false when there is none.</summary>
    public bool TryTakeRows(out TimeRange range)
    {
        bool isThere = _takenCount < _reader.RawRanges.Count;
        range = isThere ? _reader.RawRanges[_takenCount++] : default;
        return isThere;
    }

    /// <summary>Goes to the next bucket; false when there is none.</summary>
    public bool MoveNext() => _reader.MoveNext();

    /// <summary>Adds the present bucket to every accumulator.</summary>
    public void AddTo(Accumulator[] accumulators, int group)
    {
        for (int i = 0; i < accumulators.Length; i++)
        {
            int place = _choice.Places[i];
            bool isAdded = accumulators[i].TryAdd(
                group, _reader.RowCount, place < 0 ? default : _reader.Column(place));
            Invariant.Holds(isAdded);
        }
    }
}
