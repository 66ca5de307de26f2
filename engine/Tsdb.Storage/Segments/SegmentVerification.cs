using Tsdb.Core;
using Tsdb.Storage.Codecs;

namespace Tsdb.Storage.Segments;

/// <summary>
/// Reads all of a segment and reports every part that is damaged, and statistics that are not those of the
/// values: what <c>tsdb check</c> does.
/// </summary>
internal sealed class SegmentVerification
{
    private readonly SeriesBlocks _blocks = new(new ChunkScratch());
    private readonly long[] _timestampsNs = new long[SegmentBlock.MaxRowCount];
    private readonly ulong[] _cells = new ulong[SegmentBlock.MaxRowCount];
    private readonly ulong[] _presence = new ulong[SegmentBlock.BitmapWordCount];
    private readonly ByteSlab _texts = new();
    private readonly StatisticsVerification _statistics = new();

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
                _blocks.Open(segment, segment.GetSeries(i));
                chunkCount += VerifyBlocks(report);
            }
            catch (SegmentCorruptException damage)
            {
                report(damage); // The series' record itself: its chunks cannot be found.
            }
        }

        return chunkCount;
    }

    private long VerifyBlocks(Action<SegmentCorruptException> report)
    {
        for (int block = 0; block < _blocks.BlockCount; block++)
        {
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

        return _blocks.BlockCount * (_blocks.ColumnCount + 1L);
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
