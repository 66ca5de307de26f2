using Tsdb.Core;
using Tsdb.Storage.Reading;
using Tsdb.Storage.Recovery;
using Tsdb.Storage.Segments;
using Tsdb.Storage.Segments.Merging;
using Tsdb.Storage.Versions;

namespace Tsdb.Storage;

/// <summary>
/// Reads one series after another, in chunks of at most 1024 rows that never overlap, newest version of every
/// row.
/// What nobody asks for is not decoded.
/// </summary>
/// <remarks>For one thread; belongs to a <see cref="StorageSnapshot"/> and must not outlive it.</remarks>
public sealed class SeriesReader
{
    private readonly ColumnKey[] _columns;
    private readonly ColumnType[] _types;
    private readonly ColumnKey[] _wanted;
    private readonly ReadUnits _units;
    private readonly MergePlan _plan = new();
    private readonly PieceMerge _merge = new();
    private readonly BlockChunk _blockChunk;
    private readonly RowsChunk _rowsChunk;
    private readonly int _tableId;
    private readonly MissingRows? _missing;
    private readonly TimeRange _kept;
    private TimeRange _range;
    private bool _isDescending;
    private int _nextCluster;
    private int _nextPiece;
    private int _pieceCount;
    private bool _isBlock;

    internal SeriesReader(
        StorageVersion version,
        ColumnKey[] columns,
        ColumnType[] types,
        int tableId,
        MissingRows? missing,
        TimeRange kept,
        bool skipsMemtables = false)
    {
        _kept = kept;
        _tableId = tableId;
        _missing = missing;
        _columns = columns;
        _types = types;

        _wanted = [.. columns.Concat(columns.SelectMany(DecidingKeys)).Distinct().Order()];
        _units = new ReadUnits(version, tableId, _wanted, skipsMemtables);
        _blockChunk = new BlockChunk(columns.Length);
        _rowsChunk = new RowsChunk(columns.Length);
    }

    /// <summary>Rows of the present chunk, 1 … 1024.</summary>
    public int RowCount => _isBlock ? _blockChunk.RowCount : _rowsChunk.RowCount;

    /// <summary>The chunk's earliest row.</summary>
    public long FirstTimestampNs => _isBlock ? _blockChunk.FirstTimestampNs : _rowsChunk.TimestampsNs[0];

    /// <summary>The chunk's latest row.</summary>
    public long LastTimestampNs => _isBlock ? _blockChunk.LastTimestampNs : _rowsChunk.TimestampsNs[^1];

    /// <summary>The chunk's rows' times, strictly ascending. Decoded on first use.</summary>
    public ReadOnlySpan<long> TimestampsNs => _isBlock ? _blockChunk.TimestampsNs : _rowsChunk.TimestampsNs;

    /// <summary>Bytes read from segments since this reader was made.</summary>
    public long ReadSizeBytes => _units.ReadSizeBytes;

    /// <summary>Goes to a series; <see cref="MoveNext"/> leads to its first chunk.</summary>
    /// <param name="series">Any series of the reader's table.</param>
    /// <param name="range">Rows outside are left out.</param>
    /// <param name="isDescending">Later chunks first; the rows within a chunk ascend all the same.</param>
    public void Open(SeriesId series, TimeRange range, bool isDescending = false)
    {
        if (range.FromNs < _kept.FromNs)
        {
            // Of a row that has expired nothing is seen, be it stored or not.
            range = new TimeRange(Math.Min(_kept.FromNs, range.ToNs), range.ToNs);
        }

        _missing?.ThrowIfTouching(_tableId, range);
        _range = range;
        _isDescending = isDescending;
        _isBlock = false;
        _rowsChunk.Close();
        _units.Open(series, range);
        _nextCluster = 0;
        _pieceCount = 0;
        _nextPiece = 0;
    }

    /// <summary>Goes to the next chunk; false when there is none.</summary>
    /// <exception cref="SegmentCorruptException">A segment is damaged; the exception says which and
    /// where.</exception>
    public bool MoveNext()
    {
        if (!_isBlock && _rowsChunk.MoveNext())
        {
            return true;
        }

        while (_nextPiece < _pieceCount || _nextCluster < _units.Clusters.Count)
        {
            if (_nextPiece < _pieceCount)
            {
                int piece = _isDescending ? _pieceCount - 1 - _nextPiece : _nextPiece;
                _nextPiece++;
                if (Enter(_plan.Pieces[piece]))
                {
                    return true;
                }

                continue;
            }

            int index = _isDescending ? _units.Clusters.Count - 1 - _nextCluster : _nextCluster;
            _nextCluster++;
            if (Enter(_units.Clusters[index]))
            {
                return true;
            }
        }

        _isBlock = false;
        _rowsChunk.Close();
        return false;
    }

    /// <summary>
    /// What is known of a column without decoding. Only where the chunk is one whole stored block that
    /// nothing
    /// overlaps, and all its values are good and finite.
    /// </summary>
    public bool TryGetStatistics(int column, out ColumnStatistics statistics)
    {
        statistics = default;
        return _isBlock && _blockChunk.TryGetStatistics(_columns[column], _types[column], out statistics);
    }

    /// <summary>The cells of a column, by its place among those the reader was made for. Decoded on first
    /// use.</summary>
    public ColumnChunk Column(int column) => _isBlock
        ? _blockChunk.Read(column, _columns[column], _types[column])
        : _rowsChunk.Read(column, _columns[column], _types[column]);

    /// <summary>
    /// What decides which version of a cell counts: a newer value or null takes with it all that was said
    /// of the older, and the row's own cells come all from one version.
    /// </summary>
    private static IEnumerable<ColumnKey> DecidingKeys(ColumnKey key) => key.ColumnId == ColumnKey.RowColumnId
        ? Enum.GetValues<CellKind>()
            .Where(static kind => kind >= CellKind.RawTimestamp)
            .Select(static kind => new ColumnKey(ColumnKey.RowColumnId, kind))
        : [ColumnKey.ValueOf(key.ColumnId), new ColumnKey(key.ColumnId, CellKind.Status)];

    /// <summary>Goes to a cluster; false when that gives no chunk yet, but perhaps pieces.</summary>
    private bool Enter(ReadCluster cluster)
    {
        if (cluster.UnitCount == 1 && IsUntouched(_units.Units[cluster.FirstUnit]))
        {
            return Enter(_units.Units[cluster.FirstUnit]);
        }

        _plan.Build(_units.Units, cluster.FirstUnit, cluster.UnitCount);
        _merge.Reset();
        _pieceCount = _plan.Pieces.Count;
        _nextPiece = 0;
        return false;
    }

    private bool Enter(MergePiece piece)
    {
        if (piece.IsWhole && IsUntouched(_units.Units[_plan.Touched[piece.FirstTouched]]))
        {
            return Enter(_units.Units[_plan.Touched[piece.FirstTouched]]);
        }

        // The plan looks at units in full, a block of which only some rows are in the range included.
        return _range.Overlaps(piece.FromNs, piece.LastNs)
            && Enter(_merge.Merge(_units.Units, _plan, piece, _wanted, _units.Removal));
    }

    /// <summary>Whether no row of a stored block was deleted; those of a memtable are gone already.</summary>
    private bool IsUntouched(in MergeUnit unit) =>
        unit.Blocks is null || !_units.Removal.Touches(unit.Source, unit.FirstNs, unit.LastNs);

    private bool Enter(in MergeUnit unit)
    {
        _isBlock = unit.Blocks is not null;
        return _isBlock ? _blockChunk.Open(unit.Blocks!, unit.Block, _range) : Enter(unit.Rows!);
    }

    private bool Enter(SeriesRows rows)
    {
        _isBlock = false;
        _rowsChunk.Open(rows, _range, _isDescending);
        return _rowsChunk.MoveNext();
    }
}
