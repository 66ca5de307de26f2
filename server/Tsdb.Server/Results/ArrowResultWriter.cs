using System.Buffers;
using Tsdb.Core;
using Tsdb.Query;
using Tsdb.Query.Arrow;

namespace Tsdb.Server.Results;

/// <summary>An Arrow IPC stream.</summary>
internal sealed class ArrowResultWriter(IBufferWriter<byte> target) : IResultWriter
{
    private ArrowStreamEncoder? _encoder;

    public string ContentType => "application/vnd.apache.arrow.stream";

    public void Begin(IReadOnlyList<ResultColumn> schema)
    {
        _encoder = new ArrowStreamEncoder(schema);
        Move(_encoder);
    }

    public void Write(ColumnBatch batch)
    {
        Invariant.Holds(_encoder is not null);
        for (int row = 0; row < batch.RowCount;)
        {
            row = _encoder.Append(batch, row);
            Move(_encoder);
        }
    }

    public void End(QueryStatistics statistics)
    {
        Invariant.Holds(_encoder is not null);
        _encoder.End();
        Move(_encoder);
    }

    public void Dispose() => _encoder?.Dispose();

    private void Move(ArrowStreamEncoder encoder)
    {
        target.Write(encoder.Pending.Span);
        encoder.Take();
    }
}
