using System.Globalization;
using System.Text;
using Tsdb.Core;
using Tsdb.Ingest.Parse;

namespace Tsdb.Ingest.Tests.Parse;

/// <summary>
/// Parses a text and writes the batch as lines one can compare: <c>key| field:type=value
/// ...|timestamp|line</c>.
/// </summary>
internal static class ParsedLines
{
    public const long ArrivalNs = 42;

    public static LineProtocolOptions Options { get; } =
        new(TimestampPrecision.Nanosecond, ArrivalNs, LineProtocolLimits.Default);

    /// <summary>
    /// The one good line's fields, as <c>name:type=value</c>, or its refusal as <c>reason@position</c>.
    /// </summary>
    public static string Fields(string line)
    {
        string[] parts = Parse(Encoding.UTF8.GetBytes(line)).Split('|');
        return parts.Length == 1 ? parts[0] : parts[1];
    }

    public static string Parse(string text) => Parse(Encoding.UTF8.GetBytes(text));

    public static string Parse(
        byte[] text, LineProtocolOptions? options = null, LineProtocolParser? parser = null)
    {
        SampleBatch batch = new();
        RejectLog rejects = new();
        (parser ?? new LineProtocolParser()).Parse(text, 1, options ?? Options, batch, rejects);
        return string.Join('\n', Describe(batch, rejects));
    }

    /// <summary>
    /// All rows and refusals, in the order of their lines; fields in the order of their columns or by name.
    /// </summary>
    public static IEnumerable<string> Describe(SampleBatch batch, RejectLog rejects, bool sortsFields = false)
    {
        List<(int Line, string Text)> lines = [];
        for (int i = 0; i < batch.TableCount; i++)
        {
            TableRows rows = batch.GetTable(i);
            Assert.NotEqual(0, rows.RowCount);
            List<string>[] fields = [.. Enumerable.Range(0, rows.RowCount).Select(_ => new List<string>())];
            AppendColumns(batch, rows, fields);
            for (int row = 0; row < rows.RowCount; row++)
            {
                ReadOnlySpan<byte> key = batch.KeyText.Span.Slice(rows.KeyOffsets[row], rows.KeyLengths[row]);
                Assert.True(SeriesKeyReader.TryRead(key, new ByteSlab(), [], out _));
                if (sortsFields)
                {
                    fields[row].Sort(StringComparer.Ordinal);
                }

                string cells = string.Join(' ', fields[row]);
                lines.Add((rows.LineNumbers[row],
                    $"{Encoding.UTF8.GetString(key)}|{cells}|{rows.TimestampsNs[row]}"));
            }
        }

        lines.AddRange(rejects.Entries
            .Select(entry => (entry.LineNumber, $"{entry.Reason}@{entry.Position}")));
        return lines.OrderBy(line => line.Line).Select(line => line.Text);
    }

    private static void AppendColumns(SampleBatch batch, TableRows rows, List<string>[] fields)
    {
        HashSet<(string, ColumnType)> seen = [];
        for (int i = 0; i < rows.ColumnCount; i++)
        {
            SampleColumn column = rows.GetColumn(i);
            string name = Encoding.UTF8.GetString(column.Name);
            Assert.True(seen.Add((name, column.Type)));
            Assert.NotEqual(0, column.CellCount);
            Assert.True(column.IsSparse || column.CellCount == rows.RowCount);
            int previousRow = -1;
            for (int j = 0; j < column.CellCount; j++)
            {
                int row = column.IsSparse ? column.RowIndexes[j] : j;
                Assert.InRange(row, previousRow + 1, rows.RowCount - 1);
                previousRow = row;
                fields[row].Add($"{name}:{Describe(column.Type, column.Cells[j], batch.Texts.Span)}");
            }
        }
    }

    private static string Describe(ColumnType type, ulong cell, ReadOnlySpan<byte> texts) => type switch
    {
        ColumnType.Float64 =>
            "f=" + BitConverter.UInt64BitsToDouble(cell).ToString("R", CultureInfo.InvariantCulture),
        ColumnType.Int64 => "i=" + ((long)cell).ToString(CultureInfo.InvariantCulture),
        ColumnType.Bool => cell switch { 0 => "b=false", 1 => "b=true", _ => "b=?" },
        ColumnType.String => $"s={Encoding.UTF8.GetString(TextSpan.FromCell(cell).In(texts))}",
        _ => "t=" + ((long)cell).ToString(CultureInfo.InvariantCulture),
    };
}
