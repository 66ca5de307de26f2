using Tsdb.Core;
using Tsdb.Query.Functions;
using Tsdb.Query.Planning;
using Tsdb.Query.Scan;
using Tsdb.Storage;

namespace Tsdb.Query.Operators.Aggregates;

/// <summary>One worker's grouping: reads series after series into the partial states of its groups.</summary>
internal sealed class Aggregator : IDisposable
{
    // Which keys are NULL, and two to four places in the table that is searched.
    private const int GroupSlotSizeBytes = sizeof(ulong) + (4 * sizeof(int));

    private readonly QueryContext _context;
    private readonly IReadOnlyList<Aggregate> _aggregates;
    private readonly Accumulator[] _accumulators;
    private readonly Evaluator?[] _arguments;
    private readonly int[][] _argumentSlots;
    private readonly int[] _statisticsSlots;
    private readonly GroupTable _groups;
    private readonly KeyReader _keys;
    private readonly ChunkScanner _scanner;
    private readonly TimeRange _range;
    private readonly BucketBound? _bound;
    private readonly int _groupSizeBytes;
    private readonly RollupFeed? _rollup;
    private int _chargedCount;

    public Aggregator(
        ScanPlan scan, GroupPlan plan, TagColumns tags, StorageSnapshot snapshot, QueryContext context)
    {
        _context = context;
        _aggregates = plan.Aggregates;
        _groups = new GroupTable(plan.Keys.Count);
        _keys = new KeyReader(plan.Keys, scan.Slots, tags, _groups, context);
        _scanner = new ChunkScanner(scan, tags, snapshot, context);
        _rollup = RollupFeed.TryCreate(scan, plan, tags, snapshot, context);
        _range = scan.Filter.Range;
        _bound = plan.Top is { } top
            ? new BucketBound(top, ((BoundBucket)plan.Keys[top.Key]).Bucket, _range)
            : null;
        _accumulators = new Accumulator[_aggregates.Count];
        _arguments = new Evaluator?[_aggregates.Count];
        _argumentSlots = new int[_aggregates.Count][];
        _statisticsSlots = [.. _aggregates.Select(aggregate => StatisticsSlot(aggregate, scan.Slots))];
        _groupSizeBytes = (plan.Keys.Count * sizeof(ulong)) + GroupSlotSizeBytes;
        for (int i = 0; i < _accumulators.Length; i++)
        {
            BoundExpression? argument = _aggregates[i].Argument;
            HashSet<int> used = [];
            argument?.CollectSlots(used);
            _argumentSlots[i] = [.. used];
            _accumulators[i] = AccumulatorFactory.Create(_aggregates[i]);
            _arguments[i] = argument is null or BoundSlot ? null : new Evaluator(argument, context);
            _groupSizeBytes += _accumulators[i].GroupSizeBytes;
        }
    }

    public GroupTable Groups => _groups;

    public IReadOnlyList<Accumulator> Accumulators => _accumulators;

    public IReadOnlyList<string> GetKeyTexts(int key) => _keys.GetTexts(key);

    /// <summary>Makes the one group of a select without keys, which is there even when there are no
    /// rows.</summary>
    public void AddEmptyGroup()
    {
        _groups.FindOrAdd([], 0);
        EnsureGroups();
    }

    public void AddSeries(int ordinal)
    {
        _keys.Open(ordinal);
        TimeRange range = _bound?.Narrow(_groups) ?? _range;
        if (_rollup is null)
        {
            AddRows(ordinal, range);
            return;
        }

        _rollup.Open(ordinal, range);
        while (_rollup.TryTakeRows(out TimeRange rows))
        {
            AddRows(ordinal, rows);
        }

        AddBuckets(_rollup);
    }

    /// <summary>Adds another worker's groups to these.</summary>
    public void Merge(Aggregator other)
    {
        int[] map = new int[other._groups.Count];
        for (int i = 0; i < map.Length; i++)
        {
            map[i] = _groups.FindOrAdd(other._groups.GetKey(i), other._groups.GetNulls(i));
        }

        EnsureGroups();
        for (int i = 0; i < _accumulators.Length; i++)
        {
            _accumulators[i].Merge(other._accumulators[i], map);
        }
    }

    public void Dispose() => _scanner.Dispose();

    // The slot whose statistics can answer, or -1. Those of a quality's slot are of the values: they tell how
    // many qualities there are and that all are good, but not which words those are.
    private static int StatisticsSlot(Aggregate aggregate, IReadOnlyList<InputSlot> slots)
    {
        int slot = aggregate.DirectSlot;
        bool isOther = slot >= 0 && slots[slot].Kind == InputKind.Quality
            && aggregate.Kind is not (AggregateKind.Quality or AggregateKind.Count);
        return isOther ? -1 : slot;
    }

    private void AddRows(int ordinal, TimeRange range)
    {
        _scanner.Open(ordinal, range, isDescending: false);
        while (_scanner.MoveNext())
        {
            AddChunk();
        }
    }

    private void AddBuckets(RollupFeed rollup)
    {
        long bucketCount = 0;
        while (rollup.MoveNext())
        {
            int group = _keys.FindGroup(rollup.BucketNs);
            EnsureGroups();
            rollup.AddTo(_accumulators, group);
            bucketCount++;
        }

        _scanner.CountBuckets(bucketCount);
    }

    private void AddChunk()
    {
        ReadOnlySpan<Run> runs = _keys.Read(_scanner);
        EnsureGroups();
        for (int i = 0; i < _accumulators.Length; i++)
        {
            if (runs.Length != 1 || !TryAddStatistics(i, runs[0].Group))
            {
                _accumulators[i].Add(runs, ReadInput(i));
            }
        }

        _scanner.CountAsAnswered();
    }

    private bool TryAddStatistics(int index, int group)
    {
        if (_aggregates[index].Kind == AggregateKind.CountRows)
        {
            return _accumulators[index].TryAdd(group, _scanner.RowCount, default);
        }

        int slot = _statisticsSlots[index];
        return slot >= 0
            && _scanner.TryGetStatistics(slot, out ColumnStatistics statistics)
            && _accumulators[index].TryAdd(group, _scanner.RowCount, statistics);
    }

    private AggregateInput ReadInput(int index)
    {
        ReadOnlySpan<long> timestampsNs = _accumulators[index].ReadsTime ? _scanner.TimestampsNs : [];
        if (_aggregates[index].Argument is null)
        {
            return new AggregateInput(default, timestampsNs);
        }

        if (_arguments[index] is not { } evaluator)
        {
            return new AggregateInput(_scanner.Read(_aggregates[index].DirectSlot), timestampsNs);
        }

        foreach (int slot in _argumentSlots[index])
        {
            _scanner.Load(slot);
        }

        ColumnVector value = evaluator.Evaluate(_scanner.Vectors, _scanner.RowCount);
        return new AggregateInput(WordColumn.Of(value, _scanner.RowCount), timestampsNs);
    }

    private void EnsureGroups()
    {
        int count = _groups.Count;
        if (count <= _chargedCount)
        {
            return;
        }

        // The arrays double as they grow.
        int charged = Math.Max(count, _chargedCount * 2);
        _context.Charge((long)(charged - _chargedCount) * _groupSizeBytes);
        _chargedCount = charged;
        foreach (Accumulator accumulator in _accumulators)
        {
            accumulator.EnsureGroups(charged);
        }
    }
}
