using Tsdb.Core;
using Tsdb.Storage.Codecs;

namespace Tsdb.Storage.Segments;

/// <summary>
/// Encodes the timestamps of one series, block by block: chunks to the output, their entries to the block
/// index, as <see cref="SegmentWriter"/> says.
/// </summary>
internal static class TimeBlocks
{
    /// <summary>Writes them; false when some repeat.</summary>
    /// <param name="timestampsNs">At least one, in order.</param>
    /// <param name="output">Takes the chunks.</param>
    /// <param name="index">Takes the entries.</param>
    public static bool Write(ReadOnlySpan<long> timestampsNs, IChunkTarget output, PackedWriter index)
    {
        bool isAscending = CheckOrder(timestampsNs);
        long previousNs = timestampsNs[0];
        for (int firstRow = 0; firstRow < timestampsNs.Length; firstRow += SegmentBlock.MaxRowCount)
        {
            int rowCount = Math.Min(SegmentBlock.MaxRowCount, timestampsNs.Length - firstRow);
            ReadOnlySpan<long> block = timestampsNs.Slice(firstRow, rowCount);
            Span<byte> target = output.Reserve(TimestampCodec.MaxEncodedSizeBytes(rowCount));
            int sizeBytes = TimestampCodec.Encode(block, target);
            index.WriteUnsigned((ulong)(SegmentBlock.MaxRowCount - rowCount));
            index.WriteUnsigned(unchecked((ulong)block[0] - (ulong)previousNs));
            index.WriteUnsigned(unchecked((ulong)block[^1] - (ulong)block[0]));
            index.WriteUnsigned((ulong)sizeBytes);
            index.WriteFixed(Crc32C.Compute(target[..sizeBytes]));
            output.Advance(sizeBytes);
            previousNs = block[^1];
        }

        return isAscending;
    }

    /// <summary>Reading relies on the order, so it is proven before the bytes are written.</summary>
    private static bool CheckOrder(ReadOnlySpan<long> timestampsNs)
    {
        bool isAscending = true;
        bool isOrdered = true;
        for (int i = 1; i < timestampsNs.Length; i++)
        {
            isAscending &= timestampsNs[i - 1] < timestampsNs[i];
            isOrdered &= timestampsNs[i - 1] <= timestampsNs[i];
        }

        Invariant.Holds(isOrdered);
        return isAscending;
    }
}
