using System.Runtime.InteropServices;
using Tsdb.Core;
using Tsdb.Core.Commands;
using Tsdb.Storage.Catalogs;
using Tsdb.Storage.Records;

namespace Tsdb.Storage.Commits;

/// <summary>Makes a WAL frame's payload: definitions first, then rows as columns. See docs/formats/wal.md,
/// "Payload".</summary>
/// <remarks>
/// <code>
/// record       kind u8 · size u32 · body
/// definitions  the definition records, one after the other
/// delete       table id · from · to · 0 all series, 1 listed u8 · count · ids as differences
/// rows         table id · row count · series ids [blocks] · timestamps [blocks] · column count · columns
/// column       packed key · type u8 · presence u8 (0 every row, 1 listed) · cell count
///              · when listed: row indexes [blocks] · cells [blocks]
/// [blocks]     for each 1024 values: size u32, then the block as docs/formats/codecs.md says
/// </code>
/// Numbers are LEB128 unless a width is given, little-endian throughout. Valid when every record's size leads
/// to
/// the next and the last ends with the payload; the frame's checksum covers all of it.
/// </remarks>
internal sealed class FrameWriter
{
    private const int HeaderSizeBytes = 1 + sizeof(uint);

    private long[] _longs = [];

    /// <summary>The payload so far.</summary>
    public ByteSlab Payload { get; } = new();

    /// <summary>Memory that it keeps, in use or not.</summary>
    public long CapacityBytes => Payload.CapacityBytes + ((long)_longs.Length * sizeof(long));

    public void Clear() => Payload.Clear();

    public void AddDefinitions(ReadOnlySpan<byte> definitions)
    {
        if (definitions.IsEmpty)
        {
            return;
        }

        int start = StartRecord(RecordKind.Definitions);
        Payload.Append(definitions);
        FinishRecord(start);
    }

    public void AddDelete(DeleteRows delete)
    {
        int start = StartRecord(RecordKind.Delete);
        Payload.WriteVarInt((ulong)delete.TableId);
        Payload.WriteVarInt((ulong)delete.Range.FromNs);
        Payload.WriteVarInt((ulong)delete.Range.ToNs);
        Payload.WriteByte(delete.Series is null ? (byte)0 : (byte)1);
        Payload.WriteVarInt((ulong)(delete.Series?.Count ?? 0));
        uint previous = 0;
        foreach (SeriesId series in delete.Series ?? [])
        {
            Payload.WriteVarInt(series.Value - previous);
            previous = series.Value;
        }

        FinishRecord(start);
    }

    public void AddRows(ResolvedBatch batch)
    {
        if (batch.Position is StreamPosition position)
        {
            int start = StartRecord(RecordKind.Definitions);
            StreamSequences.Write(Payload, position);
            FinishRecord(start);
        }

        for (int i = 0; i < batch.TableCount; i++)
        {
            ResolvedTable table = batch.GetTable(i);
            if (table.Rows.RowCount > 0)
            {
                AddTable(table, batch.Texts!);
            }
        }
    }

    public void AddTable(ResolvedTable table, ByteSlab texts)
    {
        int start = StartRecord(RecordKind.Rows);
        int rowCount = table.Rows.RowCount;
        Payload.WriteVarInt((ulong)table.Table.Schema.TableId);
        Payload.WriteVarInt((ulong)rowCount);
        ChunkCodec.WriteLongs(Payload, ToLongs(table.SeriesIds.AsSpan(0, rowCount)));
        ChunkCodec.WriteTimestamps(Payload, table.Rows.TimestampsNs.AsSpan(0, rowCount));
        Payload.WriteVarInt((ulong)table.Columns.Count);
        foreach (ResolvedColumn column in table.Columns)
        {
            AddColumn(column, texts);
        }

        FinishRecord(start);
    }

    private void AddColumn(in ResolvedColumn column, ByteSlab texts)
    {
        SampleColumn source = column.Source;
        Payload.WriteVarInt(column.Key.Packed);
        Payload.WriteByte((byte)column.Type);
        Payload.WriteByte(source.IsSparse ? (byte)1 : (byte)0);
        Payload.WriteVarInt((ulong)source.CellCount);
        if (source.IsSparse)
        {
            ReadOnlySpan<int> rows = source.RowIndexes.AsSpan(0, source.CellCount);
            ChunkCodec.WriteLongs(Payload, ToLongs(MemoryMarshal.Cast<int, uint>(rows)));
        }

        ChunkCodec.WriteCells(Payload, column.Type, source.Cells.AsSpan(0, source.CellCount), texts.Span);
    }

    private ReadOnlySpan<long> ToLongs(ReadOnlySpan<uint> values)
    {
        if (_longs.Length < values.Length)
        {
            _longs = new long[Math.Max(values.Length, _longs.Length * 2)];
        }

        for (int i = 0; i < values.Length; i++)
        {
            _longs[i] = values[i];
        }

        return _longs.AsSpan(0, values.Length);
    }

    private int StartRecord(RecordKind kind)
    {
        Payload.WriteByte((byte)kind);
        Payload.WriteUInt32(0);
        return Payload.SizeBytes;
    }

    private void FinishRecord(int start) => System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(
        Payload.Written[(start - HeaderSizeBytes + 1)..], (uint)(Payload.SizeBytes - start));
}
