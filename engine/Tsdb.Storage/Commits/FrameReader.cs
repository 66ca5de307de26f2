using Tsdb.Core;
using Tsdb.Storage.Catalogs;
using Tsdb.Storage.Records;

namespace Tsdb.Storage.Commits;

/// <summary>Takes the rows of a WAL frame's payload out again as batches, at recovery; its definitions are in
/// the catalogue by then.</summary>
internal sealed class FrameReader(CatalogStore catalog)
{
    private const int ColumnCountMax = 1 << 24;

    private long[] _longs = [];

    /// <summary>
    /// Reads one frame; its rows are added to <paramref name="frames"/>, in order. False when the payload
    /// does not follow the format.
    /// </summary>
    public bool TryRead(ReadOnlySpan<byte> payload, DecodedFrames frames)
    {
        FrameRecords records = new(payload);
        while (records.MoveNext())
        {
            switch (records.Kind)
            {
                case RecordKind.Definitions:
                    break;
                case RecordKind.Rows when TryReadRows(records.Body, frames):
                    break;
                case RecordKind.Delete:
                    // The manifest has every delete that was acknowledged; one that it lacks never happened.
                    break;
                default:
                    return false;
            }
        }

        return !records.IsBroken;
    }

    private bool TryReadRows(ReadOnlySpan<byte> body, DecodedFrames frames)
    {
        RecordReader reader = new(body);
        if (!FrameRecords.TryReadRowsStart(ref reader, catalog, out int tableId, out int rowCount))
        {
            return false;
        }

        FrameColumns columns = new(reader, rowCount);
        (SampleBatch source, ResolvedBatch batch) = Begin(tableId, columns, frames);
        ResolvedTable resolved = batch.GetTable(0);
        TableRows rows = resolved.Rows;
        int firstRow = rows.RowCount;
        int textSizeBytes = source.Texts.SizeBytes;
        resolved.EnsureCapacity(firstRow + rowCount);
        if (!TryReadSeries(ref reader, resolved.SeriesIds.AsSpan(firstRow, rowCount))
            || !ChunkCodec.TryReadTimestamps(ref reader, rows.TimestampsNs.AsSpan(firstRow, rowCount)))
        {
            return false;
        }

        int columnCount = reader.ReadInt32(ColumnCountMax);
        for (int i = 0; i < columnCount; i++)
        {
            SampleColumn? known = firstRow > 0 ? resolved.Columns[i].Source : null;
            if (reader.IsBroken || !TryReadColumn(ref reader, source, resolved, rowCount, known))
            {
                return false;
            }
        }

        if (reader.IsBroken || !reader.IsAtEnd)
        {
            return false;
        }

        rows.RowCount = firstRow + rowCount;
        frames.RowSizeBytes += (long)rowCount * (2 + columnCount) * sizeof(ulong);
        frames.RowSizeBytes += source.Texts.SizeBytes - textSizeBytes;
        resolved.Complete();
        batch.Complete();
        return true;
    }

    /// <summary>Rows that have the columns of their table's last rows, each in every row, go on behind
    /// them.</summary>
    private (SampleBatch Source, ResolvedBatch Rows) Begin(
        int tableId, FrameColumns columns, DecodedFrames frames)
    {
        if (frames.FindLast(tableId) is { } last && columns.AreOf(last.Rows.GetTable(0)))
        {
            return last;
        }

        (SampleBatch source, ResolvedBatch batch) = frames.AddBatch();
        batch.AddTable().Reset(catalog.GetTable(tableId), source.AddTable([]));
        return (source, batch);
    }

    private bool TryReadSeries(ref RecordReader reader, Span<uint> seriesIds)
    {
        Span<long> longs = Longs(seriesIds.Length);
        if (!ChunkCodec.TryReadLongs(ref reader, longs))
        {
            return false;
        }

        for (int i = 0; i < longs.Length; i++)
        {
            if (longs[i] is < 0 or >= uint.MaxValue)
            {
                return false;
            }

            SeriesId series = new((uint)longs[i]);
            if (series.Value / (uint)catalog.ShardCount >= catalog.GetSeriesCount(catalog.ShardOf(series)))
            {
                return false;
            }

            seriesIds[i] = series.Value;
        }

        return true;
    }

    /// <summary>Reads a column; the cells of a known one go behind those it has.</summary>
    private bool TryReadColumn(
        ref RecordReader reader,
        SampleBatch source,
        ResolvedTable resolved,
        int rowCount,
        SampleColumn? known)
    {
        ColumnKey key = ColumnKey.FromPacked((uint)reader.ReadInt32());
        ColumnType type = (ColumnType)reader.ReadByte();
        bool isSparse = reader.ReadByte() != 0;
        int cellCount = reader.ReadInt32(rowCount);
        if (reader.IsBroken
            || type is ColumnType.None or > ColumnType.Timestamp
            || (!isSparse && cellCount != rowCount))
        {
            return false;
        }

        SampleColumn column = known ?? resolved.Rows.AddColumn([], type, key.Kind);
        int firstCell = column.CellCount;
        column.EnsureCapacity(firstCell + cellCount);
        if (isSparse && !TryReadRowIndexes(ref reader, rowCount, cellCount, column))
        {
            return false;
        }

        column.CellCount += cellCount;
        if (known is null)
        {
            resolved.Columns.Add(new ResolvedColumn(key, type, column));
        }

        return ChunkCodec.TryReadCells(
            ref reader, type, column.Cells.AsSpan(firstCell, cellCount), source.Texts);
    }

    private bool TryReadRowIndexes(ref RecordReader reader, int rowCount, int cellCount, SampleColumn column)
    {
        column.MakeSparse();
        column.EnsureCapacity(cellCount);
        Span<long> longs = Longs(cellCount);
        if (!ChunkCodec.TryReadLongs(ref reader, longs))
        {
            return false;
        }

        long previous = -1;
        for (int i = 0; i < cellCount; i++)
        {
            if (longs[i] <= previous || longs[i] >= rowCount)
            {
                return false;
            }

            previous = longs[i];
            column.RowIndexes[i] = (int)longs[i];
        }

        return true;
    }

    private Span<long> Longs(int count)
    {
        if (_longs.Length < count)
        {
            _longs = new long[Math.Max(count, _longs.Length * 2)];
        }

        return _longs.AsSpan(0, count);
    }
}
