using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tsdb.Client;

namespace Tsdb.Server.Cli;

/// <summary>Prints the rows of a result as they arrive. A table is aligned 500 rows at a time.</summary>
internal sealed class RowPrinter(ResultFormat format, TextWriter output)
{
    private const int AlignedRowCount = 500;

    private static readonly JsonSerializerOptions _json = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public async Task PrintAsync(TsdbQueryResult result, CancellationToken cancellation)
    {
        string[] names = [.. result.Schema.FieldsList.Select(static field => field.Name)];
        List<string?[]> rows = [];
        if (format == ResultFormat.Csv)
        {
            await output.WriteLineAsync(string.Join(',', names.Select(QuoteCsv)));
        }

        bool isFirst = true;
        await foreach (TsdbRow row in result.ReadRowsAsync(cancellation))
        {
            switch (format)
            {
                case ResultFormat.Csv:
                    await output.WriteLineAsync(string.Join(',', Texts(row).Select(QuoteCsv)));
                    break;
                case ResultFormat.Json:
                    await output.WriteLineAsync(ToJson(names, row));
                    break;
                default:
                    rows.Add(Texts(row));
                    if (rows.Count == AlignedRowCount)
                    {
                        await PrintAlignedAsync(names, rows, isFirst);
                        rows.Clear();
                        isFirst = false;
                    }

                    break;
            }
        }

        if (format == ResultFormat.Table && (rows.Count > 0 || isFirst))
        {
            await PrintAlignedAsync(names, rows, isFirst);
        }
    }

    private async Task PrintAlignedAsync(string[] names, List<string?[]> rows, bool withHeader)
    {
        int[] widths = [.. names.Select((name, i) => Math.Max(
            name.Length, rows.Count == 0 ? 0 : rows.Max(row => (row[i] ?? "NULL").Length)))];
        if (withHeader)
        {
            await output.WriteLineAsync(Align(names, widths));
            await output.WriteLineAsync(
                string.Join("-+-", widths.Select(static width => new string('-', width))));
        }

        foreach (string?[] row in rows)
        {
            await output.WriteLineAsync(Align(row, widths));
        }
    }

    private static string Align(string?[] cells, int[] widths)
    {
        StringBuilder line = new();
        for (int i = 0; i < cells.Length; i++)
        {
            line.Append(i > 0 ? " | " : "").Append((cells[i] ?? "NULL").PadRight(widths[i]));
        }

        return line.ToString().TrimEnd();
    }

    private static string?[] Texts(TsdbRow row)
    {
        string?[] texts = new string?[row.ColumnCount];
        for (int i = 0; i < texts.Length; i++)
        {
            texts[i] = row[i] switch
            {
                null => null,
                bool truth => truth ? "true" : "false",
                IFormattable value => value.ToString(null, CultureInfo.InvariantCulture),
                object value => value.ToString(),
            };
        }

        return texts;
    }

    private static string ToJson(string[] names, TsdbRow row)
    {
        Dictionary<string, object?> values = new(StringComparer.Ordinal);
        for (int i = 0; i < names.Length; i++)
        {
            values[names[i]] = row[i] switch
            {
                double number when !double.IsFinite(number) => null,
                Core.Timestamp instant => instant.ToString(),
                object value => value,
                null => null,
            };
        }

        return JsonSerializer.Serialize(values, _json);
    }

    private static string QuoteCsv(string? text) => text switch
    {
        null => "",
        "" => "\"\"",
        _ when text.AsSpan().IndexOfAny(",\"\r\n") < 0 => text,
        _ => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"",
    };
}
