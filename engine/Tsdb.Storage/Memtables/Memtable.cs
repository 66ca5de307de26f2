using System.Runtime.InteropServices;
using Tsdb.Core;
using Tsdb.Storage.Commits;
using Tsdb.Storage.Memtables.Sealing;

namespace Tsdb.Storage.Memtables;

/// <summary>
/// What was committed since the last flush, in native memory. The commit thread appends; queries read beside
/// it;
/// at its size limit a new one takes its place and this one is flushed and, with its last reader, freed.
/// </summary>
internal sealed class Memtable : IDisposable
{
    /// <summary>Threads that can append side by side, each to shards of its own.</summary>
    public const int LaneCount = 2;

    // A commit must fit into what is left of the numbers.
    private const long ArenaReserveSizeBytes = 4L << 30;
    private const uint OrdinalMax = 1U << 31;

    // Where memory is short, memtables of at least this part of their size are flushed.
    private const int EarlyFlushShare = 8;

    private readonly SlabPool _pool;
    private readonly Arena _arena;
    private readonly RowShapes _shapes = new();
    private readonly MemtableShard[] _shards;
    private readonly DenseAppend[] _lanes = new DenseAppend[LaneCount];
    private readonly List<ColumnKey> _rowKeys = [];
    private readonly List<ColumnType> _rowTypes = [];
    private int[] _cursors = [];
    private ulong[] _rowCells = [];
    private uint _nextOrdinal;
    private int _referenceCount = 1;

    /// <summary>An empty memtable whose memory comes from the pool.</summary>
    public Memtable(int shardCount, SlabPool pool)
    {
        _pool = pool;
        _arena = new Arena(pool);
        _shards = new MemtableShard[shardCount];
        for (int lane = 0; lane < LaneCount; lane++)
        {
            ArenaCursor cursor = new(_arena);
            RowSealer sealer = new(_arena, cursor);
            for (int i = lane; i < shardCount; i += LaneCount)
            {
                _shards[i] = new MemtableShard(_arena, cursor, sealer);
            }

            _lanes[lane] = new DenseAppend(_arena, _shards);
        }
    }

    /// <summary>Position of the last commit applied; 0 when none.</summary>
    public ulong LastLsn { get; private set; }

    /// <summary>Position of the first commit applied; 0 when none.</summary>
    public ulong FirstLsn { get; private set; }

    public long SizeBytes => _arena.SizeBytes;

    public int ShardCount => _shards.Length;

    public long RowCount { get; private set; }

    /// <summary>Cells, each row's series and timestamp among them: what the rows cost to be brought
    /// back.</summary>
    public long CellCount { get; private set; }

    public MemtableShard GetShard(int shard) => _shards[shard];

    /// <summary>Whether it is time to flush it.</summary>
    /// <param name="sizeBytesMax">The size it may have while memory is not short.</param>
    public bool IsFull(long sizeBytesMax)
    {
        long sizeBytes = SizeBytes;
        return sizeBytes > sizeBytesMax
            || (sizeBytes > sizeBytesMax / EarlyFlushShare && _pool.IsOverdrawn)
            || _nextOrdinal > OrdinalMax
            || _arena.AvailableBytes < ArenaReserveSizeBytes;
    }

    /// <summary>
    /// An empty memtable that takes over this one's place, and its memory once it is flushed.
    /// </summary>
    public Memtable CreateNext() => new(_shards.Length, _pool);

    /// <summary>Reads the rows of one series, in time order, duplicates folded.</summary>
    public MemtableSeriesReader CreateReader() => new(_arena, _shapes);

    /// <summary>Appends all rows of a committed batch.</summary>
    public void Append(ResolvedBatch batch, ulong lsn)
    {
        NoteFrames(lsn, lsn);
        Append(batch, bulk: null);
    }

    /// <summary>Rows of some frames of the log come back.</summary>
    public void NoteFrames(ulong firstLsn, ulong lastLsn)
    {
        Invariant.Holds(firstLsn >= LastLsn);
        Invariant.Holds(lastLsn >= firstLsn);
        FirstLsn = FirstLsn == 0 ? firstLsn : FirstLsn;
        LastLsn = lastLsn;
    }

    /// <summary>Appends all rows of a batch of frames that were noted.</summary>
    /// <param name="batch">The rows.</param>
    /// <param name="bulk">Appends those that are many; null where they never are.</param>
    public void Append(ResolvedBatch batch, BulkAppend? bulk)
    {
        for (int i = 0; i < batch.TableCount; i++)
        {
            ResolvedTable table = batch.GetTable(i);
            if (table.IsDense)
            {
                AppendDense(table, batch.Texts!, bulk);
            }
            else
            {
                AppendSparse(table, batch.Texts!);
            }

            RowCount += table.Rows.RowCount;
        }
    }

    public void Acquire() => Invariant.Holds(Interlocked.Increment(ref _referenceCount) > 1);

    /// <summary>Gives up one reference; the last one frees the memory.</summary>
    public void Dispose()
    {
        int left = Interlocked.Decrement(ref _referenceCount);
        Invariant.Holds(left >= 0);
        if (left == 0)
        {
            _arena.Dispose();
        }
    }

    private void AppendDense(ResolvedTable table, ByteSlab texts, BulkAppend? bulk)
    {
        _rowKeys.Clear();
        _rowTypes.Clear();
        foreach (ResolvedColumn column in table.Columns)
        {
            _rowKeys.Add(column.Key);
            _rowTypes.Add(column.Type);
        }

        RowShape shape = InternShape(table);
        if (bulk is not null && BulkAppend.Suits(table, shape))
        {
            bulk.Append(table, shape, _nextOrdinal, _shards, _lanes);
        }
        else
        {
            _lanes[0].Append(table, shape, _nextOrdinal, texts);
        }

        _nextOrdinal += (uint)table.Rows.RowCount;
        CellCount += (long)table.Rows.RowCount * (RowShape.HeaderWordCount + table.Columns.Count);
    }

    private void AppendSparse(ResolvedTable table, ByteSlab texts)
    {
        List<ResolvedColumn> columns = table.Columns;
        if (_cursors.Length < columns.Count)
        {
            _cursors = new int[columns.Count];
            _rowCells = new ulong[columns.Count];
        }

        Array.Clear(_cursors);
        ulong[] cells = _rowCells;
        RowShape? shape = null;
        for (int row = 0; row < table.Rows.RowCount; row++)
        {
            int cellCount = CollectRow(columns, row, cells);
            if (cellCount == 0)
            {
                continue;
            }

            if (shape is null || !Matches(shape))
            {
                shape = InternShape(table);
            }

            uint series = table.SeriesIds[row];
            MemtableShard shard = _shards[series % (uint)_shards.Length];
            uint tail = shard.FindOrAddTail((int)(series / (uint)_shards.Length), shape);
            long timestampNs = table.Rows.TimestampsNs[row];
            uint target = shard.Reserve(tail, shape, timestampNs);
            Span<ulong> words = _arena.Words(target, shape.StrideWordCount);
            words[0] = (ulong)timestampNs;
            words[1] = _nextOrdinal++;
            words = words[RowShape.HeaderWordCount..];
            cells.AsSpan(0, cellCount).CopyTo(words);
            if (shape.HasTexts)
            {
                ArenaText.StoreAll(_arena, shard.Cursor, words, shape, texts);
            }

            shard.Publish(tail);
            CellCount += RowShape.HeaderWordCount + cellCount;
        }
    }

    /// <summary>Gathers the cells that a row has, and their keys and types, in key order.</summary>
    private int CollectRow(List<ResolvedColumn> columns, int row, ulong[] cells)
    {
        _rowKeys.Clear();
        _rowTypes.Clear();
        for (int i = 0; i < columns.Count; i++)
        {
            SampleColumn source = columns[i].Source;
            int cursor = _cursors[i];
            if (cursor < source.CellCount && (source.IsSparse ? source.RowIndexes[cursor] : cursor) == row)
            {
                cells[_rowKeys.Count] = source.Cells[cursor];
                _rowKeys.Add(columns[i].Key);
                _rowTypes.Add(columns[i].Type);
                _cursors[i] = cursor + 1;
            }
        }

        return _rowKeys.Count;
    }

    private bool Matches(RowShape shape) =>
        CollectionsMarshal.AsSpan(_rowKeys).SequenceEqual(shape.Keys)
        && CollectionsMarshal.AsSpan(_rowTypes).SequenceEqual(shape.Types);

    private RowShape InternShape(ResolvedTable table) => _shapes.Intern(
        table.Table.Schema.TableId,
        CollectionsMarshal.AsSpan(_rowKeys),
        CollectionsMarshal.AsSpan(_rowTypes));
}
