using Tsdb.Core;
using Tsdb.Storage.Codecs;

namespace Tsdb.Storage.Segments;

/// <summary>
/// The blocks of one series in one segment: their bounds, their statistics, their content. Opened again for
/// each series, without allocating once it has grown; a column's index entries are unpacked when first asked
/// for.
/// </summary>
/// <remarks>For one thread. The caller holds a reference to the segment. Blocks are in time order.</remarks>
internal sealed class SeriesBlocks(ChunkScratch scratch)
{
    private readonly ulong[] _bits = new ulong[SegmentBlock.BitmapWordCount];
    private readonly List<ColumnBlocks> _columns = [];
    private SegmentReader? _segment;
    private BlockTime[] _times = [];
    private int[] _rowCounts = [];

    /// <summary>Blocks of the series.</summary>
    public int BlockCount { get; private set; }

    /// <summary>Columns of the series, those included that are absent from some blocks.</summary>
    public int ColumnCount { get; private set; }

    /// <summary>Where the chunks of the series end in the file.</summary>
    public long DataEndBytes { get; private set; }

    private SegmentReader Segment => _segment!;

    /// <summary>Goes to a series.</summary>
    /// <param name="segment">The caller holds a reference as long as it uses the blocks.</param>
    /// <param name="series">As the segment gave it.</param>
    public void Open(SegmentReader segment, in SeriesEntry series)
    {
        _segment = segment;
        BlockCount = 0;
        ColumnCount = 0;
        if (_times.Length < series.BlockCount)
        {
            _times = new BlockTime[Math.Max(series.BlockCount, _times.Length * 2)];
            _rowCounts = new int[_times.Length];
        }

        PackedReader source = new(segment.BlockIndex[..series.EndOffsetBytes], series.BlocksOffsetBytes);
        long offsetBytes = ReadTimes(ref source, series);
        ReadOnlySpan<ColumnLayout> layout = segment.GetColumns(series);
        for (int column = 0; column < layout.Length; column++)
        {
            long dataSizeBytes = (long)Math.Min(
                source.ReadUnsigned(), (ulong)segment.Footer.Data.EndBytes + 1);
            int entriesSizeBytes = source.ReadCount(int.MaxValue);
            if (column == _columns.Count)
            {
                _columns.Add(new ColumnBlocks());
            }

            _columns[column].Open(
                layout[column], source.OffsetBytes, entriesSizeBytes, offsetBytes, dataSizeBytes);
            source.Skip(entriesSizeBytes);
            offsetBytes += dataSizeBytes;
        }

        if (source.IsMalformed || !source.IsAtEnd || offsetBytes > segment.Footer.Data.EndBytes)
        {
            segment.ThrowMalformed(series.BlocksOffsetBytes);
        }

        BlockCount = series.BlockCount;
        ColumnCount = layout.Length;
        DataEndBytes = offsetBytes;
    }

    /// <summary>Rows of a block, 1 … 1024.</summary>
    public int GetRowCount(int block) => _rowCounts.AsSpan(0, BlockCount)[block];

    /// <summary>The block's earliest timestamp, ns.</summary>
    public long GetFirstTimestampNs(int block) => _times.AsSpan(0, BlockCount)[block].FirstNs;

    /// <summary>The block's latest timestamp, ns.</summary>
    public long GetLastTimestampNs(int block) => _times.AsSpan(0, BlockCount)[block].LastNs;

    /// <summary>Where the block's first chunk is in the file: that of its timestamps.</summary>
    public long GetOffsetBytes(int block) => _times.AsSpan(0, BlockCount)[block].ChunkOffsetBytes;

    /// <summary>Key and type of a column.</summary>
    public ColumnLayout GetColumn(int column) => At(column).Layout;

    /// <summary>The position of a column, or -1 when the series has none of its cells here.</summary>
    public int FindColumn(ColumnKey key)
    {
        int low = 0;
        int high = ColumnCount - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            int order = _columns[middle].Layout.Key.CompareTo(key);
            if (order == 0)
            {
                return middle;
            }

            low = order < 0 ? middle + 1 : low;
            high = order < 0 ? high : middle - 1;
        }

        return -1;
    }

    /// <summary>As <see cref="FindColumn(ColumnKey)"/>, where the place is most likely known.</summary>
    public int FindColumn(ColumnKey key, int expected) =>
        (uint)expected < (uint)ColumnCount && _columns[expected].Layout.Key.Packed == key.Packed
            ? expected
            : FindColumn(key);

    /// <summary>
    /// How many rows of the block have a cell of the column; nothing is read from the file.
    /// </summary>
    public int GetPresentCount(int block, int column) => GetEntry(block, column).PresentCount;

    /// <summary>
    /// The statistics of a column in a block; false when there are none, since some value is not finite, not
    /// Good or repaired, or the column's type has none.
    /// </summary>
    public bool TryGetStatistics(int block, int column, out BlockStatistics statistics)
    {
        ref readonly ColumnBlockEntry entry = ref GetEntry(block, column);
        ref readonly BlockTime time = ref _times[block];
        return At(column).TryGetStatistics(Segment, entry, time.FirstNs, time.LastNs, out statistics);
    }

    /// <summary>Reads the block's timestamps, ascending.</summary>
    /// <param name="block">Which block.</param>
    /// <param name="target">Takes as many as the block has rows; may be longer.</param>
    /// <exception cref="SegmentCorruptException">The bytes are not what was written.</exception>
    public void ReadTimestamps(int block, Span<long> target)
    {
        int rowCount = GetRowCount(block);
        ref readonly BlockTime time = ref _times[block];
        ReadOnlySpan<byte> chunk = ReadChunk(time.ChunkOffsetBytes, time.ChunkSizeBytes, time.Crc);
        Span<long> timestampsNs = target[..rowCount];
        bool isValid = TimestampCodec.TryDecode(chunk, timestampsNs)
            && timestampsNs[0] == time.FirstNs
            && timestampsNs[^1] == time.LastNs;
        if (!isValid)
        {
            throw Senseless(time.ChunkOffsetBytes, time.Crc);
        }
    }

    /// <summary>Reads a column's cells of one block, each at its row.</summary>
    /// <param name="block">Which block.</param>
    /// <param name="column">Which column.</param>
    /// <param name="cells">At least as long as the block has rows; undefined where absent.</param>
    /// <param name="presence">At least 16 words; filled up to the block's rows, all ones if every row has a
    /// cell.</param>
    /// <param name="texts">Text is appended; the cells of a text column point into it.</param>
    /// <returns>How many rows have a cell.</returns>
    /// <exception cref="SegmentCorruptException">The bytes are not what was written.</exception>
    public int ReadColumn(int block, int column, Span<ulong> cells, Span<ulong> presence, ByteSlab texts)
    {
        int rowCount = GetRowCount(block);
        ref readonly ColumnBlockEntry entry = ref GetEntry(block, column);
        if (entry.PresentCount == 0)
        {
            presence[..((rowCount + 63) / 64)].Clear();
            return 0;
        }

        ReadOnlySpan<byte> chunk = ReadChunk(entry.ChunkOffsetBytes, entry.ChunkSizeBytes, entry.Crc);
        bool isValid = true;
        if (entry.BitmapSizeBytes == 0)
        {
            ChunkDecoder.FillPresence(presence, rowCount);
        }
        else
        {
            ReadOnlySpan<byte> bitmap = chunk[..entry.BitmapSizeBytes];
            isValid = ChunkDecoder.TryDecodePresence(bitmap, rowCount, entry.PresentCount, presence);
        }

        ColumnBlocks blocks = At(column);
        Span<ulong> gathered = cells[..entry.PresentCount];
        if (entry.IsConstant)
        {
            cells[..rowCount].Fill(blocks.ReadConstant(Segment, entry));
        }
        else
        {
            ReadOnlySpan<byte> encoded = chunk[entry.BitmapSizeBytes..];
            isValid = isValid && ChunkDecoder.TryDecodeCells(
                blocks.Layout.Type, encoded, gathered, texts, _bits);
        }

        if (!isValid)
        {
            throw Senseless(entry.ChunkOffsetBytes, entry.Crc);
        }

        if (entry.PresentCount < rowCount && !entry.IsConstant)
        {
            ChunkDecoder.Scatter(cells, presence, rowCount, entry.PresentCount);
        }

        return entry.PresentCount;
    }

    /// <summary>
    /// Folds a column's present cells of one block without decoding them: integers, or the digits of
    /// decimals. False where the block must be decoded instead.
    /// </summary>
    /// <param name="block">Which block.</param>
    /// <param name="column">Which column.</param>
    /// <param name="fold">Of the integers or digits.</param>
    /// <param name="scale">The values are the digits over 10^scale; 0 for integers.</param>
    /// <exception cref="SegmentCorruptException">The bytes are not what was written.</exception>
    public bool TryFold(int block, int column, out IntegerFold fold, out int scale)
    {
        ref readonly ColumnBlockEntry entry = ref GetEntry(block, column);
        ColumnType type = At(column).Layout.Type;
        fold = default;
        scale = 0;
        bool isNumber = type is ColumnType.Int64 or ColumnType.Float64;
        if (entry.IsConstant || entry.PresentCount == 0 || !isNumber)
        {
            return false;
        }

        ReadOnlySpan<byte> chunk = ReadChunk(entry.ChunkOffsetBytes, entry.ChunkSizeBytes, entry.Crc);
        ReadOnlySpan<byte> encoded = chunk[entry.BitmapSizeBytes..];
        return type == ColumnType.Int64
            ? BlockFolding.TryFoldIntegers(encoded, entry.PresentCount, out fold)
            : BlockFolding.TryFoldDecimals(encoded, entry.PresentCount, out fold, out scale);
    }

    /// <summary>What to throw when a block's statistics are not those of its values.</summary>
    public SegmentCorruptException DescribeWrongStatistics(int block, int column)
    {
        ref readonly ColumnBlockEntry entry = ref GetEntry(block, column);
        return new SegmentCorruptException(
            Segment.Path, entry.ChunkOffsetBytes, "the statistics of the chunk", entry.Crc, entry.Crc);
    }

    /// <summary>The block's time chunk as it stands in the file; valid until the next read.</summary>
    /// <exception cref="SegmentCorruptException">The bytes are not what was written.</exception>
    public ReadOnlySpan<byte> ReadTimeChunk(int block, out uint crc)
    {
        ref readonly BlockTime time = ref _times.AsSpan(0, BlockCount)[block];
        crc = time.Crc;
        return ReadChunk(time.ChunkOffsetBytes, time.ChunkSizeBytes, time.Crc);
    }

    /// <summary>A column's chunk of one block as it stands in the file; valid until the next read.</summary>
    /// <exception cref="SegmentCorruptException">The bytes are not what was written.</exception>
    public ReadOnlySpan<byte> ReadColumnChunk(int block, int column)
    {
        ref readonly ColumnBlockEntry entry = ref GetEntry(block, column);
        return ReadChunk(entry.ChunkOffsetBytes, entry.ChunkSizeBytes, entry.Crc);
    }

    /// <summary>A column's index entry of one block as it stands in the file: it holds nothing that depends
    /// on where the block is.</summary>
    public ReadOnlySpan<byte> GetEntryBytes(int block, int column)
    {
        ref readonly ColumnBlockEntry entry = ref GetEntry(block, column);
        return Segment.BlockIndex.Slice(entry.EntryOffsetBytes, entry.EntrySizeBytes);
    }

    private long ReadTimes(ref PackedReader source, in SeriesEntry series)
    {
        long offsetBytes = series.DataOffsetBytes;
        long previousNs = series.FirstTimestampNs;
        for (int block = 0; block < series.BlockCount; block++)
        {
            ref BlockTime time = ref _times[block];
            _rowCounts[block] = SegmentBlock.MaxRowCount - source.ReadCount(SegmentBlock.MaxRowCount - 1);
            time.FirstNs = unchecked((long)((ulong)previousNs + source.ReadUnsigned()));
            time.LastNs = unchecked((long)((ulong)time.FirstNs + source.ReadUnsigned()));
            time.ChunkOffsetBytes = offsetBytes;
            time.ChunkSizeBytes = source.ReadCount(int.MaxValue);
            time.Crc = source.ReadFixed32();
            offsetBytes += time.ChunkSizeBytes;
            previousNs = time.LastNs;
        }

        return offsetBytes;
    }

    private ReadOnlySpan<byte> ReadChunk(long offsetBytes, int sizeBytes, uint crc)
    {
        if (sizeBytes == 0)
        {
            return [];
        }

        if (offsetBytes + sizeBytes > Segment.Footer.Data.EndBytes)
        {
            throw Senseless(offsetBytes, crc);
        }

        ReadOnlySpan<byte> chunk = scratch.Read(Segment, offsetBytes, sizeBytes);
        uint actualCrc = Crc32C.Compute(chunk);
        if (actualCrc != crc)
        {
            throw new SegmentCorruptException(Segment.Path, offsetBytes, "chunk", crc, actualCrc);
        }

        return chunk;
    }

    private ref readonly ColumnBlockEntry GetEntry(int block, int column) =>
        ref At(column).GetEntry(Segment, _rowCounts.AsSpan(0, BlockCount), block);

    private ColumnBlocks At(int column)
    {
        Invariant.Holds((uint)column < (uint)ColumnCount);
        return _columns[column];
    }

    private SegmentCorruptException Senseless(long offsetBytes, uint crc) =>
        new(Segment.Path, offsetBytes, "chunk (makes no sense)", crc, crc);

    private struct BlockTime
    {
        public long FirstNs;
        public long LastNs;
        public long ChunkOffsetBytes;
        public int ChunkSizeBytes;
        public uint Crc;
    }
}
