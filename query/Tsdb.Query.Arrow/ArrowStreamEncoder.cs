using Apache.Arrow;
using Apache.Arrow.Ipc;
using Tsdb.Core;

namespace Tsdb.Query.Arrow;

/// <summary>
/// Writes a result as an Arrow IPC stream, message by message: what has gathered in <see cref="Pending"/> is
/// always whole messages, and all pieces joined are one valid stream.
/// </summary>
/// <remarks>One thread. Call order: any number of <see cref="Append"/>, then <see cref="End"/>.</remarks>
public sealed class ArrowStreamEncoder : IDisposable
{
    /// <summary>
    /// A record batch is cut at about this size: clients refuse messages over 4 MB by default.
    /// </summary>
    public const int BatchSizeBytesTarget = 1 << 20;

    private const int BitmapRowCount = 64;

    private readonly ArrowBatchConverter _converter;
    private readonly MemoryStream _stream = new();
    private ArrowStreamWriter _writer;

    /// <summary>Begins a stream; the schema message is pending at once.</summary>
    /// <param name="columns">The result's columns.</param>
    /// <param name="plainText">No dictionaries: tags and qualities as plain utf8.</param>
    public ArrowStreamEncoder(IReadOnlyList<ResultColumn> columns, bool plainText = false)
    {
        _converter = new ArrowBatchConverter(columns, plainText);
        _writer = new ArrowStreamWriter(_stream, _converter.Schema, leaveOpen: true);
        _writer.WriteStart();
    }

    /// <summary>Whole messages not yet taken. Valid until the next call.</summary>
    public ReadOnlyMemory<byte> Pending => _stream.GetBuffer().AsMemory(0, (int)_stream.Length);

    /// <summary>Forgets the pending bytes, which the caller has sent.</summary>
    public void Take() => _stream.SetLength(0);

    /// <summary>Appends rows from <paramref name="firstRow"/> on, as many as fit one message.</summary>
    /// <returns>The row after the last one appended.</returns>
    public int Append(ColumnBatch batch, int firstRow)
    {
        int rowCount = CountRowsThatFit(batch, firstRow);
        using RecordBatch records = _converter.Convert(batch, firstRow, rowCount);
        if (_converter.DictionariesChanged)
        {
            StartDictionariesAnew();
        }

        _writer.WriteRecordBatch(records);
        return firstRow + rowCount;
    }

    /// <summary>Appends the end-of-stream mark.</summary>
    public void End() => _writer.WriteEnd();

    /// <inheritdoc />
    public void Dispose()
    {
        _writer.Dispose();
        _stream.Dispose();
    }

    // Apache.Arrow writes the dictionaries once, before a writer's first batch, and knows no deltas: a grown
    // dictionary is sent whole by a new writer. The stream has its schema message already: it is cut off.
    private void StartDictionariesAnew()
    {
        long sizeBytes = _stream.Length;
        _writer.Dispose();
        _writer = new ArrowStreamWriter(_stream, _converter.Schema, leaveOpen: true);
        _writer.WriteStart();
        _stream.SetLength(sizeBytes);
    }

    private static int CountRowsThatFit(ColumnBatch batch, int firstRow)
    {
        int remaining = batch.RowCount - firstRow;
        long rowSizeBytes = 0;
        foreach (ColumnVector column in batch.Columns)
        {
            rowSizeBytes += sizeof(ulong);
            if (column.Type == ResultType.String)
            {
                rowSizeBytes += SampleTextSizeBytes(column, firstRow, remaining);
            }
        }

        long rowCountMax = Math.Max(BitmapRowCount, BatchSizeBytesTarget / Math.Max(1, rowSizeBytes));
        return (int)Math.Min(remaining, rowCountMax / BitmapRowCount * BitmapRowCount);
    }

    // The mean of a few texts stands for all: batches are cut at about a size, not at an exact one.
    private static long SampleTextSizeBytes(ColumnVector column, int firstRow, int rowCount)
    {
        const int SampleCount = 64;
        int step = Math.Max(1, rowCount / SampleCount);
        long sizeBytes = 0;
        int count = 0;
        for (int row = firstRow; row < firstRow + rowCount; row += step)
        {
            sizeBytes += column.IsNull(row) ? 0 : column.Texts[(int)column.Words[row]].Length;
            count++;
        }

        return count == 0 ? 0 : sizeBytes / count;
    }
}
