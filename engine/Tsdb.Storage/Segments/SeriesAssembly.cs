using System.Runtime.InteropServices;
using Tsdb.Core;
using Tsdb.Storage.Codecs;

namespace Tsdb.Storage.Segments;

/// <summary>
/// One series of a segment to be, put together block by block: of rows, which are encoded, and of blocks of
/// other segments, whose bytes and statistics are taken as they are. Holds the encoded bytes until the series
/// is complete, since a segment keeps a series column by column.
/// </summary>
/// <remarks>Reusable; not thread safe. <see cref="SegmentWriter"/> writes it.</remarks>
internal sealed class SeriesAssembly
{
    private readonly List<AssembledColumn> _columns = [];
    private readonly ChunkSlab _encoded = new();
    private readonly PackedWriter _entry = new();
    private readonly ColumnBlockWriter _encoder;
    private readonly ChunkSlab _times = new();
    private readonly PackedWriter _timeEntries = new();
    private long _previousNs;

    public SeriesAssembly() => _encoder = new ColumnBlockWriter(_encoded, _entry);

    /// <summary>Those that any row may have, ascending by key.</summary>
    public ReadOnlySpan<AssembledColumn> Columns => CollectionsMarshal.AsSpan(_columns);

    public SegmentFeatures Features { get; private set; }

    public int BlockCount { get; private set; }

    public long RowCount { get; private set; }

    /// <summary>Present cells of kind Value.</summary>
    public long CellCount { get; private set; }

    public long FirstTimestampNs { get; private set; }

    public long LastTimestampNs => _previousNs;

    /// <summary>Bytes held.</summary>
    public long SizeBytes { get; private set; }

    /// <summary>Begins a series.</summary>
    /// <param name="layout">Every column that may come, ascending by key, with its type.</param>
    public void Start(ReadOnlySpan<ColumnLayout> layout)
    {
        _times.Clear();
        _timeEntries.Clear();
        Features = SegmentFeatures.None;
        BlockCount = 0;
        RowCount = 0;
        CellCount = 0;
        SizeBytes = 0;
        for (int i = 0; i < layout.Length; i++)
        {
            if (i == _columns.Count)
            {
                _columns.Add(new AssembledColumn());
            }

            _columns[i].Start(layout[i]);
        }

        _columns.RemoveRange(layout.Length, _columns.Count - layout.Length);
    }

    /// <summary>Encodes rows as one block.</summary>
    /// <param name="rows">Their columns are among the layout's, with its types.</param>
    /// <param name="firstRow">A multiple of 64.</param>
    /// <param name="rowCount">1 … 1024.</param>
    public void Encode(SeriesRows rows, int firstRow, int rowCount)
    {
        ReadOnlySpan<long> timestampsNs = rows.TimestampsNs.AsSpan(firstRow, rowCount);
        Span<byte> target = _times.Reserve(TimestampCodec.MaxEncodedSizeBytes(rowCount));
        int sizeBytes = TimestampCodec.Encode(timestampsNs, target);
        AddTimes(timestampsNs[0], timestampsNs[^1], rowCount, sizeBytes, Crc32C.Compute(target[..sizeBytes]));
        _times.Advance(sizeBytes);
        foreach (AssembledColumn column in _columns)
        {
            int index = rows.FindColumn(column.Layout.Key);
            if (index < 0)
            {
                column.AddAbsent();
                continue;
            }

            RowColumn cells = rows.ColumnSpan[index];
            Invariant.Holds(cells.Type == column.Layout.Type);
            _encoded.Clear();
            _entry.Clear();
            int presentCount = _encoder.Write(
                cells,
                rows.Texts.Span,
                timestampsNs,
                firstRow,
                StatisticsRule.MayHaveStatistics(rows, cells, firstRow, rowCount));
            Add(column, _encoded.Span, _entry.Span, presentCount);
        }
    }

    /// <summary>Takes a block as it is.</summary>
    /// <param name="blocks">Its columns are among the layout's, those present with its types.</param>
    /// <param name="block">Which block.</param>
    /// <param name="features">Those of its rows that its columns do not tell.</param>
    /// <exception cref="SegmentCorruptException">The bytes are not what was written.</exception>
    public void Copy(SeriesBlocks blocks, int block, SegmentFeatures features)
    {
        ReadOnlySpan<byte> times = blocks.ReadTimeChunk(block, out uint crc);
        AddTimes(
            blocks.GetFirstTimestampNs(block),
            blocks.GetLastTimestampNs(block),
            blocks.GetRowCount(block),
            times.Length,
            crc);
        _times.Append(times);
        Features |= features;
        foreach (AssembledColumn column in _columns)
        {
            int index = blocks.FindColumn(column.Layout.Key);
            int presentCount = index < 0 ? 0 : blocks.GetPresentCount(block, index);
            if (presentCount == 0)
            {
                column.AddAbsent();
                continue;
            }

            Invariant.Holds(blocks.GetColumn(index).Type == column.Layout.Type);
            ReadOnlySpan<byte> entry = blocks.GetEntryBytes(block, index);
            Add(column, blocks.ReadColumnChunk(block, index), entry, presentCount);
        }
    }

    /// <summary>Writes the entries to the block index and the chunks to the file.</summary>
    public void Write(PackedWriter blockIndex, SegmentOutput output)
    {
        blockIndex.Write(_timeEntries.Span);
        output.Write(_times.Span);
        foreach (AssembledColumn column in _columns)
        {
            if (column.HasCells)
            {
                blockIndex.WriteUnsigned((ulong)column.Chunks.SizeBytes);
                blockIndex.WriteUnsigned((ulong)column.Entries.SizeBytes);
                blockIndex.Write(column.Entries.Span);
                output.Write(column.Chunks.Span);
            }
        }
    }

    /// <summary>Notes what the rows of the last block hold beyond plain values.</summary>
    public void AddFeatures(SegmentFeatures features) => Features |= features;

    private void AddTimes(long firstNs, long lastNs, int rowCount, int sizeBytes, uint crc)
    {
        // Reading relies on the order, so it is proven before the bytes are written.
        Invariant.Holds(BlockCount == 0 || firstNs > _previousNs);
        Invariant.Holds(firstNs <= lastNs);
        FirstTimestampNs = BlockCount == 0 ? firstNs : FirstTimestampNs;
        long previousNs = BlockCount == 0 ? firstNs : _previousNs;
        _timeEntries.WriteUnsigned((ulong)(SegmentBlock.MaxRowCount - rowCount));
        _timeEntries.WriteUnsigned(unchecked((ulong)firstNs - (ulong)previousNs));
        _timeEntries.WriteUnsigned(unchecked((ulong)lastNs - (ulong)firstNs));
        _timeEntries.WriteUnsigned((ulong)sizeBytes);
        _timeEntries.WriteFixed(crc);
        _previousNs = lastNs;
        BlockCount++;
        RowCount += rowCount;
        SizeBytes += sizeBytes;
    }

    private void Add(
        AssembledColumn column, ReadOnlySpan<byte> chunk, ReadOnlySpan<byte> entry, int presentCount)
    {
        column.Add(chunk, entry, presentCount);
        SizeBytes += chunk.Length + entry.Length;
        CellCount += column.Layout.Key.Kind == CellKind.Value ? presentCount : 0;
    }
}
