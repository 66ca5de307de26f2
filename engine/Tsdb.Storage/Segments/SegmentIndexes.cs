using Tsdb.Core;

namespace Tsdb.Storage.Segments;

/// <summary>A segment's indexes as its reader keeps them.</summary>
/// <param name="Layouts">The lists of columns that its series have.</param>
/// <param name="Series">Ids, ascending.</param>
/// <param name="RecordEnds">For each series where its record ends in the block index.</param>
/// <param name="BlockIndex">The records; null when they are to be read from the file once they are
/// wanted.</param>
internal sealed record SegmentIndexes(
    ColumnLayout[][] Layouts, uint[] Series, int[] RecordEnds, byte[]? BlockIndex)
{
    /// <summary>A block index of more bytes is not kept in memory by who wrote it: of many series few are
    /// asked for soon, if any.</summary>
    public const int KeptSizeBytesMax = 1 << 20;

    /// <summary>Bytes of the block index that is in memory.</summary>
    public int BlockIndexSizeBytes => BlockIndex?.Length ?? 0;

    /// <summary>Bytes in memory that grow with the number of series.</summary>
    public long SizeBytes => ((sizeof(uint) + sizeof(int)) * (long)Series.Length) + BlockIndexSizeBytes;

    /// <summary>Makes of the sections, as they were just written, what opening the file would make of
    /// them.</summary>
    /// <param name="layouts">The section of column layouts.</param>
    /// <param name="seriesIndex">The series index.</param>
    /// <param name="blockIndex">The block index; copied unless it is large.</param>
    /// <param name="seriesCount">Series in the file.</param>
    public static SegmentIndexes OfWritten(
        ReadOnlySpan<byte> layouts,
        ReadOnlySpan<byte> seriesIndex,
        PackedWriter blockIndex,
        int seriesCount)
    {
        ColumnLayout[][]? readLayouts = ColumnLayoutTable.Read(layouts);
        Invariant.Holds(readLayouts is not null);
        uint[] series = GC.AllocateUninitializedArray<uint>(seriesCount);
        int[] recordEnds = GC.AllocateUninitializedArray<int>(seriesCount);
        Invariant.Holds(TryReadSeries(seriesIndex, series, recordEnds, blockIndex.SizeBytes));
        byte[]? kept = blockIndex.SizeBytes <= KeptSizeBytesMax ? blockIndex.ToArray() : null;
        return new SegmentIndexes(readLayouts, series, recordEnds, kept);
    }

    /// <summary>
    /// Each series: id minus the one before it minus 1, size of its record in the block index. False when it
    /// makes no sense.
    /// </summary>
    public static bool TryReadSeries(
        ReadOnlySpan<byte> bytes, Span<uint> series, Span<int> recordEnds, int blockIndexSizeBytes)
    {
        PackedReader source = new(bytes);
        long id = -1;
        int endBytes = 0;
        for (int i = 0; i < series.Length; i++)
        {
            ulong skipped = source.ReadUnsigned();
            id += 1 + (long)Math.Min(skipped, uint.MaxValue);
            endBytes += source.ReadCount(blockIndexSizeBytes - endBytes);
            if (id > uint.MaxValue)
            {
                return false;
            }

            series[i] = (uint)id;
            recordEnds[i] = endBytes;
        }

        return !source.IsMalformed && source.IsAtEnd && endBytes == blockIndexSizeBytes;
    }
}
