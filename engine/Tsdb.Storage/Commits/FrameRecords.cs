using Tsdb.Storage.Catalogs;
using Tsdb.Storage.Records;

namespace Tsdb.Storage.Commits;

/// <summary>The records of a frame's payload, one after the other.</summary>
internal ref struct FrameRecords(ReadOnlySpan<byte> payload)
{
    private const int RowCountMax = 1 << 24;

    private RecordReader _reader = new(payload);

    /// <summary>Whether the payload does not follow the format; known when no further record
    /// comes.</summary>
    public readonly bool IsBroken => _reader.IsBroken;

    public RecordKind Kind { get; private set; }

    public ReadOnlySpan<byte> Body { get; private set; }

    /// <summary>Goes to the next record; false when there is none, or what is there is not one.</summary>
    public bool MoveNext()
    {
        if (_reader.IsBroken || _reader.IsAtEnd)
        {
            return false;
        }

        Kind = (RecordKind)_reader.ReadByte();
        Body = _reader.ReadFixed((int)Math.Min(int.MaxValue, _reader.ReadUInt32()));
        return !_reader.IsBroken;
    }

    /// <summary>Reads how a record of rows begins; the series come next.</summary>
    public static bool TryReadRowsStart(
        ref RecordReader body, CatalogStore catalog, out int tableId, out int rowCount)
    {
        tableId = body.ReadInt32();
        rowCount = body.ReadInt32(RowCountMax);
        return !body.IsBroken
            && tableId >= 1
            && tableId <= catalog.TableCount
            && rowCount > 0
            && rowCount <= ChunkCodec.MaxCount(body.RestSizeBytes);
    }
}
