using Tsdb.Core;
using Tsdb.Query.Functions;
using Tsdb.Query.Planning;
using Tsdb.Query.Scan;

namespace Tsdb.Query.Operators.Aggregates;

/// <summary>
/// Finds the runs of a block: neighbouring rows of one group. Keys that are tags are found once per series, a
/// time bucket by galloping through the sorted times; any other key is evaluated row by row.
/// </summary>
internal sealed class KeyReader
{
    private readonly IReadOnlyList<BoundExpression> _keys;
    private readonly TagColumns _tags;
    private readonly GroupTable _groups;
    private readonly Evaluator[] _evaluators;
    private readonly ColumnVector[] _values;
    private readonly int[] _usedSlots;
    private readonly int _bucketKey = -1;
    private readonly TimeBucket? _bucket;
    private readonly ulong[] _key;
    private readonly List<Run> _runs = [];
    private ulong _nulls;

    public KeyReader(
        IReadOnlyList<BoundExpression> keys,
        IReadOnlyList<InputSlot> slots,
        TagColumns tags,
        GroupTable groups,
        QueryContext context)
    {
        _keys = keys;
        _tags = tags;
        _groups = groups;
        _key = new ulong[keys.Count];
        IsPlain = ArePlain(keys, slots);
        HashSet<int> used = [];
        _evaluators = new Evaluator[keys.Count];
        _values = new ColumnVector[keys.Count];
        for (int i = 0; i < keys.Count; i++)
        {
            keys[i].CollectSlots(used);
            _evaluators[i] = new Evaluator(keys[i], context);
            if (keys[i] is BoundBucket bucket)
            {
                _bucketKey = i;
                _bucket = bucket.Bucket;
            }
        }

        _usedSlots = [.. used];
    }

    /// <summary>Whether the keys are nothing but tags and at most one time bucket.</summary>
    public bool IsPlain { get; }

    /// <summary>The text list of a key's words.</summary>
    public IReadOnlyList<string> GetTexts(int key) =>
        IsPlain && _keys[key] is BoundSlot slot ? _tags.GetTexts(slot.Slot)
        : _values[key] is { } vector ? vector.Texts
        : [];

    public static bool ArePlain(IReadOnlyList<BoundExpression> keys, IReadOnlyList<InputSlot> slots)
    {
        int bucketCount = 0;
        bool isPlain = true;
        foreach (BoundExpression key in keys)
        {
            bool isBucket = key is BoundBucket { Argument: BoundSlot time }
                && slots[time.Slot].Kind == InputKind.Time;
            bool isTag = key is BoundSlot slot && slots[slot.Slot].Kind == InputKind.Tag;
            bucketCount += isBucket ? 1 : 0;
            isPlain &= isBucket || isTag;
        }

        return isPlain && bucketCount <= 1;
    }

    /// <summary>Goes to a series.</summary>
    public void Open(int ordinal)
    {
        _nulls = 0;
        for (int i = 0; i < _keys.Count; i++)
        {
            if (IsPlain && i != _bucketKey)
            {
                int id = _tags.GetValueId(((BoundSlot)_keys[i]).Slot, ordinal);
                SetKey(i, (ulong)id, isNull: id < 0, ref _nulls);
            }
        }
    }

    /// <summary>The runs of the scanner's present rows; valid until the next call.</summary>
    public ReadOnlySpan<Run> Read(ChunkScanner scanner)
    {
        _runs.Clear();
        if (!IsPlain)
        {
            ReadByRow(scanner);
        }
        else if (_bucket is null)
        {
            _runs.Add(new Run(0, scanner.RowCount, _groups.FindOrAdd(_key, _nulls)));
        }
        else
        {
            ReadBuckets(scanner, _bucket);
        }

        return System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_runs);
    }

    /// <summary>The group of a tier's bucket, which lies in one of the query's; only where the keys are
    /// plain.</summary>
    public int FindGroup(long timestampNs)
    {
        if (_bucket is not null)
        {
            _key[_bucketKey] = (ulong)_bucket.FloorNs(timestampNs);
        }

        return _groups.FindOrAdd(_key, _nulls);
    }

    private void ReadBuckets(ChunkScanner scanner, TimeBucket bucket)
    {
        long startNs = bucket.FloorNs(scanner.FirstTimestampNs);
        if (scanner.LastTimestampNs < bucket.NextNs(startNs))
        {
            _key[_bucketKey] = (ulong)startNs;
            _runs.Add(new Run(0, scanner.RowCount, _groups.FindOrAdd(_key, _nulls)));
            return;
        }

        ReadOnlySpan<long> timestampsNs = scanner.TimestampsNs;
        int row = 0;
        long nextNs = bucket.NextNs(startNs);
        while (row < timestampsNs.Length)
        {
            // The largest instant as the next bucket's start says that there is none.
            if (timestampsNs[row] >= nextNs && nextNs != long.MaxValue)
            {
                startNs = timestampsNs[row] - nextNs < nextNs - startNs
                    ? nextNs
                    : bucket.FloorNs(timestampsNs[row]);
                nextNs = bucket.NextNs(startNs);
                if (timestampsNs[row] >= nextNs && nextNs != long.MaxValue)
                {
                    startNs = bucket.FloorNs(timestampsNs[row]);
                    nextNs = bucket.NextNs(startNs);
                }
            }

            int end = Gallop(timestampsNs, row, nextNs);
            _key[_bucketKey] = (ulong)startNs;
            _runs.Add(new Run(row, end - row, _groups.FindOrAdd(_key, _nulls)));
            row = end;
        }
    }

    // First row at or after the limit, by steps that double and then a binary search: cheap for short runs
    // and long.
    private static int Gallop(ReadOnlySpan<long> timestampsNs, int row, long limitNs)
    {
        if (limitNs == long.MaxValue)
        {
            return timestampsNs.Length;
        }

        int step = 1;
        int low = row;
        while (low + step < timestampsNs.Length && timestampsNs[low + step] < limitNs)
        {
            low += step;
            step *= 2;
        }

        int high = Math.Min(low + step, timestampsNs.Length);
        while (low < high)
        {
            int middle = (low + high) >> 1;
            if (timestampsNs[middle] < limitNs)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private void ReadByRow(ChunkScanner scanner)
    {
        foreach (int slot in _usedSlots)
        {
            scanner.Load(slot);
        }

        int rowCount = scanner.RowCount;
        for (int i = 0; i < _evaluators.Length; i++)
        {
            _values[i] = _evaluators[i].Evaluate(scanner.Vectors, rowCount);
        }

        int start = 0;
        int group = 0;
        for (int row = 0; row <= rowCount; row++)
        {
            int next = row < rowCount ? FindGroup(row) : -1;
            if (row > start && next != group)
            {
                _runs.Add(new Run(start, row - start, group));
                start = row;
            }

            group = next;
        }
    }

    private int FindGroup(int row)
    {
        ulong nulls = 0;
        for (int i = 0; i < _values.Length; i++)
        {
            SetKey(i, _values[i].Words[row], _values[i].IsNull(row), ref nulls);
        }

        return _groups.FindOrAdd(_key, nulls);
    }

    private void SetKey(int key, ulong word, bool isNull, ref ulong nulls)
    {
        _key[key] = isNull ? 0 : word;
        nulls |= isNull ? 1UL << key : 0;
    }
}
