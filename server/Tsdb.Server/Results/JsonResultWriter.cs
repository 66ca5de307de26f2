using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tsdb.Core;
using Tsdb.Query;

namespace Tsdb.Server.Results;

/// <summary>
/// <c>{"columns":[{"name","type"}],"rows":[[…]],"stats":{…}}</c>; NaN and infinities as null.
/// </summary>
internal sealed class JsonResultWriter(IBufferWriter<byte> target) : IResultWriter
{
    private readonly Utf8JsonWriter _json = new(
        target, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public string ContentType => "application/json; charset=utf-8";

    public void Begin(IReadOnlyList<ResultColumn> schema)
    {
        _json.WriteStartObject();
        _json.WriteStartArray("columns"u8);
        foreach (ResultColumn column in schema)
        {
            _json.WriteStartObject();
            _json.WriteString("name"u8, column.Name);
            _json.WriteString("type"u8, ResultNames.Of(column.Type));
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
        _json.WriteStartArray("rows"u8);
    }

    public void Write(ColumnBatch batch)
    {
        for (int row = 0; row < batch.RowCount; row++)
        {
            _json.WriteStartArray();
            foreach (ColumnVector column in batch.Columns)
            {
                WriteValue(column, row);
            }

            _json.WriteEndArray();
        }

        _json.Flush();
    }

    public void End(QueryStatistics statistics)
    {
        _json.WriteEndArray();
        _json.WriteStartObject("stats"u8);
        _json.WriteNumber("rows"u8, statistics.RowsReturned);
        _json.WriteNumber("rowsRead"u8, statistics.RowsRead);
        _json.WriteNumber("blocksRead"u8, statistics.BlocksRead);
        _json.WriteNumber("blocksPruned"u8, statistics.BlocksPruned);
        _json.WriteNumber("blocksFromStatistics"u8, statistics.BlocksFromStatistics);
        _json.WriteNumber("bytesRead"u8, statistics.BytesRead);
        _json.WriteNumber("seriesRead"u8, statistics.SeriesRead);
        _json.WriteNumber("elapsedMs"u8, Math.Round(statistics.Elapsed.TotalMilliseconds, 3));
        _json.WriteEndObject();
        _json.WriteEndObject();
        _json.Flush();
    }

    public void Dispose() => _json.Dispose();

    private void WriteValue(ColumnVector column, int row)
    {
        if (column.IsNull(row))
        {
            _json.WriteNullValue();
            return;
        }

        switch (column.Type)
        {
            case ResultType.Float64 when double.IsFinite(column.Doubles[row]):
                _json.WriteNumberValue(column.Doubles[row]);
                break;
            case ResultType.Int64 or ResultType.Duration:
                _json.WriteNumberValue(column.Longs[row]);
                break;
            case ResultType.Bool:
                _json.WriteBooleanValue(column.Words[row] != 0);
                break;
            case ResultType.String:
                _json.WriteStringValue(column.Texts[(int)column.Words[row]]);
                break;
            case ResultType.Timestamp:
                Span<byte> text = stackalloc byte[Rfc3339.SizeBytes];
                Rfc3339.Write(column.Longs[row], text);
                _json.WriteStringValue(text);
                break;
            case ResultType.Quality:
                _json.WriteStringValue(ResultNames.OfQuality(column.Words[row]));
                break;
            default:
                _json.WriteNullValue();
                break;
        }
    }
}
