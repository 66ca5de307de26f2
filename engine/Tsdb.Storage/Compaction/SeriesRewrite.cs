using System.Runtime.InteropServices;
using Tsdb.Core;
using Tsdb.Storage.Segments;
using Tsdb.Storage.Segments.Merging;

namespace Tsdb.Storage.Compaction;

/// <summary>
/// Merges one series of several segments into windows, block after block: memory holds one decoded block of
/// each segment, and the encoded bytes of what comes out. A block that nothing reaches into, that is full
/// enough and has no deleted row, is taken over byte for byte.
/// </summary>
/// <remarks>Reusable; not thread safe.</remarks>
internal sealed class SeriesRewrite
{
    /// <summary>Rows from which on a block is not put together with its neighbours.</summary>
    public const int FullEnoughRowCount = SegmentBlock.MaxRowCount * 3 / 4;

    private static readonly Comparison<MergeUnit> _byTime = static (left, right) =>
    {
        int order = left.FirstNs.CompareTo(right.FirstNs);
        return order != 0 ? order : left.Source.CompareTo(right.Source);
    };

    private readonly ChunkScratch _scratch = new();
    private readonly List<SeriesBlocks> _blocksPool = [];
    private readonly List<MergeUnit> _units = [];
    private readonly List<SegmentReader> _inputs = [];
    private readonly List<int> _lastCounted = [];
    private readonly MergePlan _plan = new();
    private readonly PieceMerge _merge = new();
    private readonly RowRemoval _removal = new();
    private readonly SeriesTarget _target = new();
    private ColumnKey[] _wanted = [];
    private ColumnLayout[] _layout = [];
    private IReadOnlyList<MergeOutput> _outputs = [];
    private SeriesId _series;
    private int _tableId;

    /// <summary>Blocks taken over as they were, since this was made.</summary>
    public long CopiedBlockCount { get; private set; }

    /// <summary>Begins a series.</summary>
    public void Start(SeriesId series, IReadOnlyList<MergeOutput> outputs)
    {
        _series = series;
        _outputs = outputs;
        _units.Clear();
        _inputs.Clear();
        _lastCounted.Clear();
        _removal.Clear();
    }

    /// <summary>Adds what one segment has of the series; older ones first.</summary>
    public void AddInput(SegmentReader segment, in SeriesEntry entry, RemovedRanges? removed)
    {
        int source = _inputs.Count;
        if (source == _blocksPool.Count)
        {
            _blocksPool.Add(new SeriesBlocks(_scratch));
        }

        SeriesBlocks blocks = _blocksPool[source];
        blocks.Open(segment, entry);
        _tableId = entry.TableId;
        _inputs.Add(segment);
        _lastCounted.Add(-1);
        removed?.Invoke(segment, _series, _removal.AddSource());
        for (int block = 0; block < blocks.BlockCount; block++)
        {
            _units.Add(new MergeUnit(
                blocks.GetFirstTimestampNs(block),
                blocks.GetLastTimestampNs(block),
                source,
                blocks,
                block,
                null));
        }
    }

    /// <summary>Merges what was added.</summary>
    /// <exception cref="SegmentCorruptException">A segment is damaged.</exception>
    /// <exception cref="OperationCanceledException">The merge is to stop.</exception>
    public void Write(MergeProgress progress)
    {
        _units.Sort(_byTime);
        BuildLayout();
        _target.Start(_series, _tableId, _outputs, _layout);
        ReadOnlySpan<MergeUnit> units = CollectionsMarshal.AsSpan(_units);
        _plan.Build(units, 0, units.Length);
        _merge.Reset();
        foreach (MergePiece piece in _plan.Pieces)
        {
            progress.Advance(CountSize(units, piece));
            if (!piece.IsWhole || !TryCopy(units[_plan.Touched[piece.FirstTouched]]))
            {
                _target.Append(_merge.Merge(units, _plan, piece, _wanted, _removal));
            }
        }

        _target.End();
    }

    private void BuildLayout()
    {
        // One series mostly has the columns of the one before, in every segment.
        if (HaveLayout())
        {
            return;
        }

        SortedDictionary<ColumnKey, ColumnType> columns = [];
        for (int source = 0; source < _inputs.Count; source++)
        {
            SeriesBlocks blocks = _blocksPool[source];
            for (int column = 0; column < blocks.ColumnCount; column++)
            {
                (ColumnKey key, ColumnType type) = blocks.GetColumn(column);
                columns[key] = columns.TryGetValue(key, out ColumnType known) && known != type
                    ? ColumnType.Float64 // The one widening there is.
                    : type;
            }
        }

        _layout = [.. columns.Select(static column => new ColumnLayout(column.Key, column.Value))];
        _wanted = [.. columns.Keys];
    }

    /// <summary>Whether every input has just the columns of the series before.</summary>
    private bool HaveLayout()
    {
        for (int source = 0; source < _inputs.Count; source++)
        {
            SeriesBlocks blocks = _blocksPool[source];
            if (blocks.ColumnCount != _layout.Length)
            {
                return false;
            }

            for (int column = 0; column < _layout.Length; column++)
            {
                if (blocks.GetColumn(column) != _layout[column])
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>Bytes of the units that a piece is the first to touch, about.</summary>
    private long CountSize(ReadOnlySpan<MergeUnit> units, MergePiece piece)
    {
        long sizeBytes = 0;
        for (int i = piece.FirstTouched; i < piece.FirstTouched + piece.TouchedCount; i++)
        {
            int unit = _plan.Touched[i];
            int source = units[unit].Source;
            if (unit > _lastCounted[source])
            {
                _lastCounted[source] = unit;
                SegmentInfo info = _inputs[source].Info;
                sizeBytes += info.SizeBytes / Math.Max(1, info.BlockCount);
            }
        }

        return sizeBytes;
    }

    private bool TryCopy(in MergeUnit unit)
    {
        SeriesBlocks blocks = unit.Blocks!;
        if (blocks.GetRowCount(unit.Block) < FullEnoughRowCount
            || _removal.Touches(unit.Source, unit.FirstNs, unit.LastNs)
            || !TryFindFeatures(blocks, unit.Block, _inputs[unit.Source], out SegmentFeatures features))
        {
            return false;
        }

        if (!_target.TryCopy(unit, features))
        {
            return false;
        }

        CopiedBlockCount++;
        return true;
    }

    /// <summary>What a block's cells need a reader to know; false where only the rows would tell, or a cell
    /// has not the type it is to have.</summary>
    private bool TryFindFeatures(
        SeriesBlocks blocks, int block, SegmentReader segment, out SegmentFeatures features)
    {
        features = SegmentFeatures.None;
        foreach (ColumnLayout column in _layout)
        {
            int index = blocks.FindColumn(column.Key);
            if (index >= 0 && blocks.GetPresentCount(block, index) > 0)
            {
                features |= SegmentFeatureScan.OfKind(column.Key.Kind);
                if (blocks.GetColumn(index).Type != column.Type)
                {
                    return false;
                }
            }
        }

        const SegmentFeatures Patchable = SegmentFeatures.StatusCells | SegmentFeatures.FindingsCells
            | SegmentFeatures.RepairedCells;
        return (features & Patchable) == 0 || !segment.Info.Features.HasFlag(SegmentFeatures.StatusPatches);
    }
}
