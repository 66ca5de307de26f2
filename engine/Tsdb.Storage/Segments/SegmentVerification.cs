using Tsdb.Core;
using Tsdb.Storage.Codecs;

namespace Tsdb.Storage.Segments;

/// <summary>
/// Reads all of a segment and reports every part that is damaged, and statistics that are not those of the
/// values: what <c>tsdb check</c> does at once, and the scrubber block by block.
/// </summary>
internal sealed class SegmentVerification
{
    private readonly ChunkScratch _scratch = new();
    private readonly SeriesBlocks _blocks;
    private readonly long[] _timestampsNs = new long[SegmentBlock.MaxRowCount];
    private readonly ulong[] _cells = new ulong[SegmentBlock.MaxRowCount];
    private readonly ulong[] _presence = new ulong[SegmentBlock.BitmapWordCount];
    private readonly ByteSlab _texts = new();
    private readonly StatisticsVerification _statistics = new();
    private int _seriesIndex;
    private int _block;
    private int _tableId;
    private bool _isOpen;

    public SegmentVerification() => _blocks = new SeriesBlocks(_scratch);

    /// <summary>Bytes read from the device so far.</summary>
    public long ReadSizeBytes => _scratch.ReadSizeBytes;

    /// <summary>Where the chunks of the open series end in the file.</summary>
    public long DataEndBytes => _blocks.DataEndBytes;

    /// <summary>Verifies each chunk of an open segment; the rest was verified when it was opened.</summary>
    /// <param name="segment">The caller holds a reference.</param>
    /// <param name="report">Called for each damage.</param>
    /// <param name="cancellation">Looked at before each series.</param>
    /// <returns>Chunks that were read.</returns>
    public long Verify(
        SegmentReader segment, Action<SegmentCorruptException> report, CancellationToken cancellation)
    {
        long chunkCount = 0;
        for (int i = 0; i < segment.SeriesCount; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                int blockCount = Open(segment, i);
                for (int block = 0; block < blockCount; block++)
                {
                    VerifyBlock(block, report);
                }

                chunkCount += blockCount * (_blocks.ColumnCount + 1L);
            }
            catch (SegmentCorruptException damage)
            {
                report(damage); // The series' record itself: its chunks cannot be found.
            }
        }

        return chunkCount;
    }

    /// <summary>Goes to a series; gives the number of its blocks.</summary>
    /// <exception cref="SegmentCorruptException">Its record in the index makes no sense.</exception>
    public int Open(SegmentReader segment, int seriesIndex)
    {
        _isOpen = false;
        _seriesIndex = seriesIndex;
        SeriesEntry series = segment.GetSeries(seriesIndex);
        _blocks.Open(segment, series);
        _tableId = series.TableId;
        _isOpen = true;
        return _blocks.BlockCount;
    }

    /// <summary>What the last damage concerns: a block of a series, or, when its record makes no sense, the
    /// series somewhere in the segment.</summary>
    public (SeriesId Series, int? TableId, long FirstNs, long LastNs, int? RowCount) Locate(
        SegmentReader segment)
    {
        SeriesId series = segment.GetSeriesId(_seriesIndex);
        if (!_isOpen)
        {
            return (series, null, segment.Info.MinTimestampNs, segment.Info.MaxTimestampNs, null);
        }

        (long firstNs, long lastNs, int rowCount) = GetBlock(_block);
        return (series, _tableId, firstNs, lastNs, rowCount);
    }

    /// <summary>Times and number of the rows of a block of the open series.</summary>
    public (long FirstNs, long LastNs, int RowCount) GetBlock(int block) => (
        _blocks.GetFirstTimestampNs(block), _blocks.GetLastTimestampNs(block), _blocks.GetRowCount(block));

    /// <summary>Where the first chunk of a block of the open series is in the file.</summary>
    public long GetBlockOffsetBytes(int block) => _blocks.GetOffsetBytes(block);

    /// <summary>Verifies each chunk of a block of the open series.</summary>
    public void VerifyBlock(int block, Action<SegmentCorruptException> report)
    {
        _block = block;
        for (int column = -1; column < _blocks.ColumnCount; column++)
        {
            try
            {
                VerifyChunk(block, column);
            }
            catch (SegmentCorruptException damage)
            {
                report(damage);
            }
        }
    }

    private void VerifyChunk(int block, int column)
    {
        if (column < 0)
        {
            _blocks.ReadTimestamps(block, _timestampsNs);
            return;
        }

        bool hasStatistics = _blocks.TryGetStatistics(block, column, out BlockStatistics statistics);
        bool isDecimal = _blocks.GetColumn(column).Type == ColumnType.Float64;
        bool agrees = true;
        if (hasStatistics && _blocks.TryFold(block, column, out IntegerFold fold, out int scale))
        {
            agrees = StatisticsVerification.Agree(fold, scale, isDecimal, statistics);
        }
        else
        {
            _texts.Clear();
            _blocks.ReadColumn(block, column, _cells, _presence, _texts);
            agrees = !hasStatistics || _statistics.Agree(
                _blocks.GetColumn(column).Type,
                _cells.AsSpan(0, _blocks.GetRowCount(block)),
                _presence,
                statistics);
        }

        if (!agrees)
        {
            throw _blocks.DescribeWrongStatistics(block, column);
        }
    }
}
