using Tsdb.Storage.Catalogs;
using Tsdb.Storage.Commits;
using Tsdb.Storage.Records;

namespace Tsdb.Storage.Recovery;

/// <summary>Takes from a frame's payload its definitions and what its rows touch, and leaves the rows
/// undecoded.</summary>
internal sealed class FrameSurvey(CatalogStore catalog, UnreplayedRows rows)
{
    private readonly DefinitionReader _definitions = new(catalog);
    private long[] _timestampsNs = [];

    /// <summary>Reads one frame; false when the payload does not follow the format.</summary>
    public bool TryRead(ReadOnlySpan<byte> payload, ByteChain definitions)
    {
        FrameRecords records = new(payload);
        while (records.MoveNext())
        {
            switch (records.Kind)
            {
                case RecordKind.Definitions when _definitions.TryApply(records.Body):
                    definitions.Append(records.Body);
                    break;
                case RecordKind.Rows when TryReadRows(records.Body):
                case RecordKind.Delete:
                    break;
                default:
                    return false;
            }
        }

        return !records.IsBroken;
    }

    private bool TryReadRows(ReadOnlySpan<byte> body)
    {
        RecordReader reader = new(body);
        if (!FrameRecords.TryReadRowsStart(ref reader, catalog, out int tableId, out int rowCount))
        {
            return false;
        }

        if (_timestampsNs.Length < rowCount)
        {
            _timestampsNs = new long[Math.Max(rowCount, _timestampsNs.Length * 2)];
        }

        Span<long> timestampsNs = _timestampsNs.AsSpan(0, rowCount);
        ChunkCodec.SkipBlocks(ref reader, rowCount);
        if (!ChunkCodec.TryReadTimestamps(ref reader, timestampsNs) || reader.IsBroken)
        {
            return false;
        }

        rows.AddRows(tableId, timestampsNs);
        return true;
    }
}
