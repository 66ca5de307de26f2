using System.Runtime.InteropServices;
using Tsdb.Query.Arrow.Writing;

namespace Tsdb.Client.Writing;

/// <summary>Turns batches into Arrow messages. One thread at a time.</summary>
internal sealed class BatchEncoder(TsdbWriterSchema schema, SeriesTexts series)
{
    private readonly ArrowMessageWriter _writer = new();
    private BatchLayout _layout = BatchLayout.Of(schema);

    /// <summary>Encodes a batch; it may be changed after.</summary>
    /// <exception cref="ArgumentException">A field has more or fewer values than there are
    /// rows.</exception>
    public SentBatch Encode(TsdbBatch batch, ulong sequence)
    {
        _layout = _layout.Fit(batch);
        _writer.Clear();
        int rowCount = batch.RowCount;
        _writer.StartBatch(rowCount, 2 + batch.Columns.Count, _layout.BufferCount);
        _writer.AddNode(rowCount, 0);
        _writer.AddBuffer(0);
        MemoryMarshal.AsBytes(batch.TimesNs).CopyTo(_writer.AddBuffer(rowCount * sizeof(long)));
        _writer.AddNode(rowCount, 0);
        _writer.AddBuffer(0);
        MemoryMarshal.AsBytes(batch.Series).CopyTo(_writer.AddBuffer(rowCount * sizeof(int)));
        for (int i = 0; i < batch.Columns.Count; i++)
        {
            AddColumn(batch.Columns[i], _layout.Types[i]);
        }

        _writer.EndBody();
        return new SentBatch(sequence, rowCount, _writer.Written.ToArray(), _layout, series.Count);
    }

    /// <summary>Refuses a batch that is not whole.</summary>
    public static void Check(TsdbBatch batch)
    {
        foreach (BatchColumn column in batch.Columns)
        {
            if (column.Count != batch.RowCount)
            {
                throw new ArgumentException(
                    $"the field '{column.Field.Name}' has {column.Count} values for {batch.RowCount} rows",
                    nameof(batch));
            }
        }
    }

    private void AddColumn(BatchColumn column, ArrowOutputType type)
    {
        _writer.AddNode(column.Count, column.NullCount);
        column.Validity.CopyTo(_writer.AddBuffer(column.Validity.Length));
        ReadOnlySpan<ulong> cells = column.Cells;
        switch (type)
        {
            case ArrowOutputType.Bool:
                Span<byte> bits = _writer.AddBuffer((cells.Length + 7) / 8);
                bits.Clear();
                for (int row = 0; row < cells.Length; row++)
                {
                    bits[row >> 3] |= (byte)(cells[row] << (row & 7));
                }

                break;
            case ArrowOutputType.Text:
                Span<int> offsets =
                    MemoryMarshal.Cast<byte, int>(_writer.AddBuffer((cells.Length + 1) * sizeof(int)));
                offsets[0] = 0;
                for (int row = 0; row < cells.Length; row++)
                {
                    offsets[row + 1] = (int)cells[row];
                }

                column.Texts.CopyTo(_writer.AddBuffer(column.Texts.Length));
                break;
            default:
                Span<byte> target = _writer.AddBuffer(cells.Length * IntegerWidth.SizeBytes(type));
                IntegerWidth.Write(cells, type, target);
                break;
        }
    }
}
