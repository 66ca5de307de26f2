using Tsdb.Core;
using Tsdb.Storage.Catalogs;
using Tsdb.Storage.Commits;
using Tsdb.Storage.Records;

namespace Tsdb.Storage.Recovery;

/// <summary>Takes from a frame's payload its definitions and what its rows touch, and leaves the rows
/// undecoded.</summary>
internal sealed class FrameSurvey(CatalogStore catalog, UnreplayedRows rows)
{
    private const int RowCountMax = 1 << 24;

    private readonly DefinitionReader _definitions = new(catalog);
    private long[] _timestampsNs = [];

    /// <summary>Reads one frame; false when the payload does not follow the format.</summary>
    public bool TryRead(ReadOnlySpan<byte> payload, ByteSlab definitions)
    {
        RecordReader reader = new(payload);
        while (!reader.IsAtEnd)
        {
            RecordKind kind = (RecordKind)reader.ReadByte();
            ReadOnlySpan<byte> body = reader.ReadFixed((int)Math.Min(int.MaxValue, reader.ReadUInt32()));
            if (reader.IsBroken)
            {
                return false;
            }

            switch (kind)
            {
                case RecordKind.Definitions when _definitions.TryApply(body):
                    definitions.Append(body);
                    break;
                case RecordKind.Rows when TryReadRows(body):
                case RecordKind.Delete:
                    break;
                default:
                    return false;
            }
        }

        return true;
    }

    private bool TryReadRows(ReadOnlySpan<byte> body)
    {
        RecordReader reader = new(body);
        int tableId = reader.ReadInt32();
        int rowCount = reader.ReadInt32(RowCountMax);
        if (reader.IsBroken || tableId < 1 || tableId > catalog.TableCount || rowCount == 0)
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
