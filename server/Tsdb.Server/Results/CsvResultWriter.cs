using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Tsdb.Core;
using Tsdb.Query;

namespace Tsdb.Server.Results;

/// <summary>RFC 4180 with a header line. NULL is an empty field, an empty text is <c>""</c>.</summary>
internal sealed class CsvResultWriter(IBufferWriter<byte> target) : IResultWriter
{
    private const int NumberSizeBytesMax = 40;

    private static readonly SearchValues<char> _needsQuotes = SearchValues.Create(",\"\r\n");

    public string ContentType => "text/csv; charset=utf-8";

    public void Begin(IReadOnlyList<ResultColumn> schema)
    {
        for (int i = 0; i < schema.Count; i++)
        {
            WriteSeparator(i);
            WriteText(schema[i].Name);
        }

        target.Write("\r\n"u8);
    }

    public void Write(ColumnBatch batch)
    {
        for (int row = 0; row < batch.RowCount; row++)
        {
            for (int i = 0; i < batch.Columns.Length; i++)
            {
                WriteSeparator(i);
                if (!batch.Columns[i].IsNull(row))
                {
                    WriteValue(batch.Columns[i], row);
                }
            }

            target.Write("\r\n"u8);
        }
    }

    public void End(QueryStatistics statistics)
    {
    }

    public void Dispose()
    {
    }

    private void WriteSeparator(int column)
    {
        if (column > 0)
        {
            target.Write(","u8);
        }
    }

    private void WriteValue(ColumnVector column, int row)
    {
        Span<byte> room = target.GetSpan(NumberSizeBytesMax);
        int sizeBytes = 0;
        switch (column.Type)
        {
            case ResultType.Float64:
                Utf8Formatter.TryFormat(column.Doubles[row], room, out sizeBytes);
                break;
            case ResultType.Int64 or ResultType.Duration:
                Utf8Formatter.TryFormat(column.Longs[row], room, out sizeBytes);
                break;
            case ResultType.Bool:
                WriteText(column.Words[row] != 0 ? "true" : "false");
                break;
            case ResultType.Timestamp:
                Rfc3339.Write(column.Longs[row], room);
                sizeBytes = Rfc3339.SizeBytes;
                break;
            case ResultType.String:
                WriteText(column.Texts[(int)column.Words[row]]);
                break;
            case ResultType.Quality:
                WriteText(ResultNames.OfQuality(column.Words[row]));
                break;
        }

        target.Advance(sizeBytes);
    }

    private void WriteText(string text)
    {
        bool isPlain = text.Length > 0 && text.AsSpan().IndexOfAny(_needsQuotes) < 0;
        string field = isPlain ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
        Encoding.UTF8.GetBytes(field, target);
    }
}
