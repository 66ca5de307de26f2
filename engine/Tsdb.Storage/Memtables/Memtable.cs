using System.Runtime.InteropServices;
using Tsdb.Core;
using Tsdb.Storage.Commits;

namespace Tsdb.Storage.Memtables;

/// <summary>
/// What was committed since the last flush, in native memory. The commit thread appends; queries read beside
/// it;
/// at its size limit a new one takes its place and this one is flushed and, with its last reader, freed.
/// </summary>
internal sealed class Memtable : IDisposable
{
    private readonly Arena _arena = new();
    private readonly RowShapes _shapes = new();
    private readonly MemtableShard[] _shards;
    private readonly List<ColumnKey> _rowKeys = [];
    private readonly List<ColumnType> _rowTypes = [];
    private int[] _cursors = [];
    private ulong[] _rowCells = [];
    private ulong[][] _columnCells = [];
    private int _referenceCount = 1;

    public Memtable(int shardCount)
    {
        _shards = new MemtableShard[shardCount];
        for (int i = 0; i < shardCount; i++)
        {
            _shards[i] = new MemtableShard(_arena, shardCount);
        }
    }

    /// <summary>Position of the last commit applied; 0 when none.</summary>
    public ulong LastLsn { get; private set; }

    /// <summary>Position of the first commit applied; 0 when none.</summary>
    public ulong FirstLsn { get; private set; }

    public long SizeBytes => _arena.SizeBytes;

    public int ShardCount => _shards.Length;

    public long RowCount { get; private set; }

    public MemtableShard GetShard(int shard) => _shards[shard];

    /// <summary>Reads the rows of one series, in time order, duplicates folded.</summary>
    public MemtableSeriesReader CreateReader() => new(_arena, _shapes);

    /// <summary>Appends all rows of a committed batch.</summary>
    public void Append(ResolvedBatch batch, ulong lsn)
    {
        Invariant.Holds(lsn >= LastLsn);
        FirstLsn = FirstLsn == 0 ? lsn : FirstLsn;
        LastLsn = lsn;
        for (int i = 0; i < batch.TableCount; i++)
        {
            ResolvedTable table = batch.GetTable(i);
            if (table.IsDense)
            {
                AppendDense(table, batch.Texts!);
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

    private void AppendDense(ResolvedTable table, ByteSlab texts)
    {
        List<ResolvedColumn> columns = table.Columns;
        _rowKeys.Clear();
        _rowTypes.Clear();
        if (_columnCells.Length < columns.Count)
        {
            _columnCells = new ulong[columns.Count][];
        }

        ReadOnlySpan<ulong[]> cells = _columnCells.AsSpan(0, columns.Count);
        for (int i = 0; i < columns.Count; i++)
        {
            _rowKeys.Add(columns[i].Key);
            _rowTypes.Add(columns[i].Type);
            _columnCells[i] = columns[i].Source.Cells;
        }

        RowShape shape = InternShape(table);
        bool hasTexts = _rowTypes.Contains(ColumnType.String);
        uint[] seriesIds = table.SeriesIds;
        long[] timestampsNs = table.Rows.TimestampsNs;
        uint shardCount = (uint)_shards.Length;
        for (int row = 0; row < table.Rows.RowCount; row++)
        {
            MemtableShard shard = _shards[seriesIds[row] % shardCount];
            Span<ulong> target = shard.Append(seriesIds[row], shape, timestampsNs[row], out uint tail);
            for (int i = 0; i < cells.Length; i++)
            {
                target[i] = cells[i][row];
            }

            if (hasTexts)
            {
                CopyTexts(target, shape, texts);
            }

            shard.Publish(tail);
        }
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
            Span<ulong> target = shard.Append(series, shape, table.Rows.TimestampsNs[row], out uint tail);
            cells.AsSpan(0, cellCount).CopyTo(target);
            CopyTexts(target, shape, texts);
            shard.Publish(tail);
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

    /// <summary>Replaces string cells (spans of the batch's slab) by references to copies in the
    /// arena.</summary>
    private void CopyTexts(Span<ulong> cells, RowShape shape, ByteSlab texts)
    {
        for (int i = 0; i < shape.Types.Length; i++)
        {
            if (shape.Types[i] == ColumnType.String)
            {
                cells[i] = ArenaText.Store(_arena, TextSpan.FromCell(cells[i]).In(texts.Span));
            }
        }
    }
}
