using Tsdb.Core;
using Tsdb.Storage.Commits;
using Tsdb.Storage.Deletes;
using Tsdb.Storage.Records;

namespace Tsdb.Storage.Archives;

/// <summary>Takes from a frame's payload how many rows it has, and its deletes: a replay passes over those,
/// as the manifest has them, and the manifest of a restored database must be told.</summary>
internal static class FrameContents
{
    private const int CountMax = 1 << 24;

    /// <summary>Reads one frame; false when the payload does not follow the format.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="deletes">Gets its deletes.</param>
    /// <param name="rowCount">Rows in it.</param>
    public static bool TryRead(in ArchivedFrame frame, List<Tombstone> deletes, out long rowCount)
    {
        rowCount = 0;
        FrameRecords records = new(frame.Payload.Span);
        while (records.MoveNext())
        {
            switch (records.Kind)
            {
                case RecordKind.Definitions:
                    break;
                case RecordKind.Rows when TryReadRowCount(records.Body, out int count):
                    rowCount += count;
                    break;
                case RecordKind.Delete when ReadDelete(records.Body, frame) is { } delete:
                    deletes.Add(delete);
                    break;
                default:
                    return false;
            }
        }

        return !records.IsBroken;
    }

    private static bool TryReadRowCount(ReadOnlySpan<byte> bytes, out int rowCount)
    {
        RecordReader body = new(bytes);
        body.ReadInt32();
        rowCount = body.ReadInt32(CountMax);
        return !body.IsBroken;
    }

    private static Tombstone? ReadDelete(ReadOnlySpan<byte> bytes, in ArchivedFrame frame)
    {
        RecordReader body = new(bytes);
        int tableId = body.ReadInt32();
        TimeRange range = new((long)body.ReadVarInt(), (long)body.ReadVarInt());
        bool isAll = body.ReadByte() == 0;

        // An id takes a byte at least: a count beyond what is there is damage, not a reason to allocate.
        int count = body.ReadInt32(Math.Min(CountMax, bytes.Length));
        if (body.IsBroken || range.IsEmpty || (isAll && count != 0))
        {
            return null;
        }

        uint[] series = new uint[count];
        ulong previous = 0;
        for (int i = 0; i < count; i++)
        {
            previous += body.ReadVarInt();
            series[i] = (uint)previous;
        }

        return body.IsBroken || previous > uint.MaxValue
            ? null
            : new Tombstone(frame.Lsn, tableId, range, frame.CommitTimeNs, isAll ? null : series);
    }
}
