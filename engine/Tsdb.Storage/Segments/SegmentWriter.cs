using Tsdb.Core;
using Tsdb.Storage.Codecs;
using Tsdb.Storage.Devices;

namespace Tsdb.Storage.Segments;

/// <summary>
/// Writes one segment file: series ascending, then its indexes, then the footer, last of all the header.
/// </summary>
/// <remarks>
/// The file (docs/formats/segment.md):
/// <code>
/// header 256 B | data: per series, time chunks, then column after column | column layouts | series index
///              | block index: a record for each series | footer 192 B
/// </code>
/// A series' record: table id, layout number, data offset (from the data section's start), row count,
/// earliest timestamp minus window start, latest minus earliest, block count; per block {1024 - rows, first
/// timestamp minus the last one before it, last minus first, time chunk size, its CRC32C}; per column of the
/// layout {size of its data, size of its entries, entries as <see cref="ColumnBlockWriter"/> says}. Numbers
/// are LEB128, differences that may be negative in zig-zag, CRCs four bytes. A file without valid header and
/// footer counts as garbage. Not thread safe.
/// </remarks>
internal sealed class SegmentWriter : IDisposable
{
    // A block index is kept in memory while it is read; one beyond this belongs into two segments.
    private const int MaxIndexSizeBytes = 1 << 30;

    // Of a size that the pool keeps many of, so that segment after segment finds them there.
    private const int BlockIndexPieceSizeBytes = 1 << 20;

    private readonly SegmentIdentity _identity;
    private readonly IStorageFile _file;
    private readonly SegmentOutput _output;
    private readonly ColumnLayoutTable _layouts = new();
    private readonly PackedWriter _seriesIndex = new();
    private readonly PackedWriter _blockIndex = new(BlockIndexPieceSizeBytes);
    private readonly PackedWriter _columnEntries = new();
    private readonly ColumnBlockWriter _columnBlocks;
    private readonly MemoryHold? _memory;
    private RowColumn[] _columns = [];
    private SegmentFeatures _features;
    private long _previousSeries = -1;
    private long _seriesCount;
    private long _blockCount;
    private long _rowCount;
    private long _cellCount;
    private long _minTimestampNs = long.MaxValue;
    private long _maxTimestampNs = long.MinValue;
    private bool _isComplete;

    /// <summary>Creates the file. Whoever gives up on it disposes the writer and deletes the file.</summary>
    /// <param name="device">Where the file is made.</param>
    /// <param name="path">Must not exist yet.</param>
    /// <param name="identity">Goes to the header.</param>
    /// <param name="memory">Pays for buffers and indexes, and is disposed with this; null where nobody keeps
    /// accounts.</param>
    public SegmentWriter(
        IStorageDevice device, string path, SegmentIdentity identity, MemoryHold? memory = null)
    {
        _memory = memory;
        _identity = identity;
        _file = device.Open(path, FileOpenMode.CreateNew);
        _output = new SegmentOutput(_file, SegmentHeader.SizeBytes);
        _columnBlocks = new ColumnBlockWriter(_output, _columnEntries);
    }

    /// <summary>Bytes of the file so far, indexes not counted.</summary>
    public long DataSizeBytes => _output.OffsetBytes;

    /// <summary>Writes all rows that this segment has of one series. They are not kept.</summary>
    /// <param name="series">Greater than the one before it, of the identity's shard.</param>
    /// <param name="tableId">The series' table.</param>
    /// <param name="rows">At least one row, in time order.</param>
    public void Add(SeriesId series, int tableId, SeriesRows rows)
    {
        CheckSeries(series, tableId, rows.RowCount);
        ReadOnlySpan<RowColumn> columns = rows.ColumnSpan;

        // Statistics hold for plain values: without quality, repairs and the like there is nothing to find.
        bool isPlain = _layouts.TryFindPlain(tableId, columns, out int layoutIndex);
        if (!isPlain)
        {
            columns = TakeColumns(rows);
            SegmentFeatures features = SegmentFeatureScan.Of(rows);
            _features |= features;
            isPlain = features == SegmentFeatures.None;
            layoutIndex = _layouts.GetOrAdd(columns);
            _layouts.NotePlain(tableId, rows.ColumnSpan, layoutIndex);
        }

        int recordOffsetBytes = _blockIndex.SizeBytes;
        WriteRecordHead(
            tableId,
            layoutIndex,
            rows.RowCount,
            rows.TimestampsNs[0],
            rows.TimestampsNs[rows.RowCount - 1],
            SegmentBlock.CountBlocks(rows.RowCount));
        WriteTimes(rows.TimestampsNs.AsSpan(0, rows.RowCount));
        WriteColumns(rows, columns, isPlain);
        EndSeries(
            series,
            recordOffsetBytes,
            rows.RowCount,
            rows.TimestampsNs[0],
            rows.TimestampsNs[rows.RowCount - 1]);
    }

    /// <summary>Writes all that this segment has of one series. Nothing is kept.</summary>
    /// <param name="series">Greater than the one before it, of the identity's shard.</param>
    /// <param name="tableId">The series' table.</param>
    /// <param name="rows">At least one block.</param>
    public void Add(SeriesId series, int tableId, SeriesAssembly rows)
    {
        CheckSeries(series, tableId, rows.RowCount);
        _features |= rows.Features;
        int recordOffsetBytes = _blockIndex.SizeBytes;
        WriteRecordHead(
            tableId,
            _layouts.GetOrAdd(rows),
            rows.RowCount,
            rows.FirstTimestampNs,
            rows.LastTimestampNs,
            rows.BlockCount);
        rows.Write(_blockIndex, _output);
        _blockCount += rows.BlockCount;
        _cellCount += rows.CellCount;
        EndSeries(series, recordOffsetBytes, rows.RowCount, rows.FirstTimestampNs, rows.LastTimestampNs);
    }

    private void CheckSeries(SeriesId series, int tableId, long rowCount)
    {
        Invariant.Holds(!_isComplete);
        Invariant.Holds(series.Value > _previousSeries);
        Invariant.Holds(series.Value % _identity.ShardCount == _identity.Shard);
        Invariant.Holds(tableId >= 0);
        Invariant.Holds(rowCount > 0);
    }

    private void EndSeries(SeriesId series, int recordOffsetBytes, long rowCount, long firstNs, long lastNs)
    {
        int recordSizeBytes = _blockIndex.SizeBytes - recordOffsetBytes;
        _seriesIndex.WriteUnsigned((ulong)(series.Value - _previousSeries - 1));
        _seriesIndex.WriteUnsigned((ulong)recordSizeBytes);
        Invariant.Holds(_blockIndex.SizeBytes < MaxIndexSizeBytes);
        _previousSeries = series.Value;
        _memory?.Set(_output.CapacityBytes + _columnEntries.CapacityBytes
            + (long)_seriesIndex.CapacityBytes + _blockIndex.CapacityBytes);
        _seriesCount++;
        _rowCount += rowCount;
        _minTimestampNs = Math.Min(_minTimestampNs, firstNs);
        _maxTimestampNs = Math.Max(_maxTimestampNs, lastNs);
    }

    /// <summary>
    /// Writes indexes, footer and header and makes the file durable. Its name is durable once the caller has
    /// synced the directory.
    /// </summary>
    public SegmentInfo Complete()
    {
        Invariant.Holds(!_isComplete);
        _isComplete = true;
        SegmentSection data = new(
            SegmentHeader.SizeBytes, _output.OffsetBytes - SegmentHeader.SizeBytes, Crc: 0);
        _columnEntries.Clear();
        _layouts.Write(_columnEntries);
        SegmentSection layouts = WriteSection(_columnEntries);
        SegmentSection seriesIndex = WriteSection(_seriesIndex);
        SegmentSection blockIndex = WriteSection(_blockIndex);

        Span<byte> headerBytes = stackalloc byte[SegmentHeader.SizeBytes];
        uint headerCrc = new SegmentHeader(_identity, _features).Write(headerBytes);
        SegmentInfo info = new(
            _output.OffsetBytes + SegmentFooter.SizeBytes,
            FooterCrc: 0,
            _features,
            _seriesCount,
            _blockCount,
            _rowCount,
            _cellCount,
            _seriesCount == 0 ? 0 : _minTimestampNs,
            _seriesCount == 0 ? 0 : _maxTimestampNs);
        SegmentFooter footer = new(data, layouts, seriesIndex, blockIndex, info);
        uint footerCrc = footer.Write(_output.Reserve(SegmentFooter.SizeBytes), _identity.Uuid, headerCrc);
        _output.Advance(SegmentFooter.SizeBytes);
        _output.Flush();
        _file.Write(0, headerBytes);
        _file.SyncData();
        return info with { FooterCrc = footerCrc };
    }

    /// <summary>The indexes of the completed file.</summary>
    public SegmentIndexes CopyIndexes()
    {
        Invariant.Holds(_isComplete);
        return SegmentIndexes.OfWritten(
            _columnEntries.Span, _seriesIndex.Span, _blockIndex, (int)_seriesCount);
    }

    public void Dispose()
    {
        _output.Dispose();
        _seriesIndex.Release();
        _blockIndex.Release();
        _columnEntries.Release();
        _file.Dispose();
        _memory?.Dispose();
    }

    /// <summary>The columns that have any cell; one without takes no place in the file.</summary>
    private ReadOnlySpan<RowColumn> TakeColumns(SeriesRows rows)
    {
        if (_columns.Length < rows.ColumnSpan.Length)
        {
            _columns = new RowColumn[rows.ColumnSpan.Length * 2];
        }

        int count = 0;
        foreach (RowColumn column in rows.ColumnSpan)
        {
            if (column.CountPresent(0, rows.RowCount) > 0)
            {
                _columns[count++] = column;
            }
        }

        return _columns.AsSpan(0, count);
    }

    private void WriteRecordHead(
        int tableId, int layoutIndex, long rowCount, long firstNs, long lastNs, int blockCount)
    {
        _blockIndex.WriteUnsigned((ulong)tableId);
        _blockIndex.WriteUnsigned((ulong)layoutIndex);
        _blockIndex.WriteUnsigned((ulong)(_output.OffsetBytes - SegmentHeader.SizeBytes));
        _blockIndex.WriteUnsigned((ulong)rowCount);
        _blockIndex.WriteSigned(unchecked(firstNs - _identity.Window.FromNs));
        _blockIndex.WriteUnsigned(unchecked((ulong)lastNs - (ulong)firstNs));
        _blockIndex.WriteUnsigned((ulong)blockCount);
    }

    private void WriteTimes(ReadOnlySpan<long> timestampsNs)
    {
        _blockCount += SegmentBlock.CountBlocks(timestampsNs.Length);
        if (!TimeBlocks.Write(timestampsNs, _output, _blockIndex))
        {
            Invariant.Holds(_identity.Role == SegmentRole.History);
            _features |= SegmentFeatures.KeptVersions;
        }
    }

    private void WriteColumns(SeriesRows rows, ReadOnlySpan<RowColumn> columns, bool isPlain)
    {
        bool isShort = isPlain && rows.RowCount <= ShortIntegerColumn.RowCountMax;
        while (!columns.IsEmpty)
        {
            int writtenCount =
                isShort ? ShortIntegerColumn.Write(columns, rows.RowCount, _output, _blockIndex) : 0;
            _cellCount += (long)writtenCount * rows.RowCount;
            if (writtenCount == 0)
            {
                WriteColumn(rows, columns[0], isPlain);
                writtenCount = 1;
            }

            columns = columns[writtenCount..];
        }
    }

    private void WriteColumn(SeriesRows rows, RowColumn column, bool isPlain)
    {
        _columnEntries.Clear();
        long dataOffsetBytes = _output.OffsetBytes;
        for (int firstRow = 0; firstRow < rows.RowCount; firstRow += SegmentBlock.MaxRowCount)
        {
            int rowCount = Math.Min(SegmentBlock.MaxRowCount, rows.RowCount - firstRow);
            int presentCount = _columnBlocks.Write(
                column,
                rows.Texts.Span,
                rows.TimestampsNs.AsSpan(firstRow, rowCount),
                firstRow,
                isPlain || StatisticsRule.MayHaveStatistics(rows, column, firstRow, rowCount));
            _cellCount += column.Key.Kind == CellKind.Value ? presentCount : 0;
        }

        _blockIndex.WriteUnsigned((ulong)(_output.OffsetBytes - dataOffsetBytes));
        _blockIndex.WriteUnsigned((ulong)_columnEntries.SizeBytes);
        _blockIndex.Write(_columnEntries.Span);
    }

    private SegmentSection WriteSection(PackedWriter section)
    {
        long offsetBytes = _output.OffsetBytes;
        uint crc = 0;
        for (int i = 0; i < section.PieceCount; i++)
        {
            crc = Crc32C.Append(crc, section.GetPiece(i));
            _output.Write(section.GetPiece(i));
        }

        return new SegmentSection(offsetBytes, section.SizeBytes, crc);
    }
}
