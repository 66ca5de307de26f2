using System.Text;
using Tsdb.Core;
using Tsdb.Ingest.Parse;
using Tsdb.Storage;

namespace Tsdb.Engine.Tests;

/// <summary>Writes line protocol into a storage engine and reads a table back as text, one line a
/// row.</summary>
internal static class TestTable
{
    private static readonly LineProtocolParser _parser = new();

    public static async Task<RejectLog> WriteAsync(
        StorageEngine storage,
        string lines,
        Durability durability = Durability.Fsync,
        long stampNs = 0,
        StreamPosition? position = null)
    {
        RejectLog rejects = new();
        SampleBatch batch;
        lock (_parser)
        {
            batch = Parse(_parser, lines, stampNs, rejects);
        }

        batch.Position = position;
        await storage.AppendAsync(batch, durability, rejects, TestContext.Current.CancellationToken);
        return rejects;
    }

    public static SampleBatch Parse(
        LineProtocolParser parser, string lines, long stampNs = 0, RejectLog? rejects = null)
    {
        SampleBatch batch = new();
        LineProtocolOptions options = new(
            TimestampPrecision.Nanosecond, stampNs, LineProtocolLimits.Default);
        parser.Parse(Encoding.UTF8.GetBytes(lines), 1, in options, batch, rejects ?? new RejectLog());
        return batch;
    }

    public static List<string> Read(StorageEngine storage, string tableName)
    {
        List<string> lines = [];
        Assert.True(storage.Catalog.TryGetTable(tableName, out TableSchema? table));
        using StorageSnapshot snapshot = storage.OpenSnapshot();
        TagIndex tags = snapshot.FindTags(table);
        SeriesReader reader = snapshot.CreateReader(
            table, [.. table.Columns.Select(column => ColumnKey.ValueOf(column.ColumnId))]);
        for (int ordinal = 0; ordinal < tags.SeriesCount; ordinal++)
        {
            reader.Open(tags.GetSeries(ordinal), TimeRange.All);
            while (reader.MoveNext())
            {
                for (int row = 0; row < reader.RowCount; row++)
                {
                    lines.Add(RowText(table, tags, ordinal, reader, row));
                }
            }
        }

        lines.Sort(StringComparer.Ordinal);
        return lines;
    }

    private static string RowText(TableSchema table, TagIndex tags, int ordinal, SeriesReader reader, int row)
    {
        StringBuilder text = new();
        for (int key = 0; key < tags.TagKeyCount; key++)
        {
            int valueId = tags.GetValueId(key, ordinal);
            text.Append(valueId < 0 ? "-" : tags.GetValue(key, valueId)).Append(' ');
        }

        text.Append(reader.TimestampsNs[row]);
        for (int i = 0; i < table.Columns.Count; i++)
        {
            ColumnChunk chunk = reader.Column(i);
            text.Append(' ').Append(table.Columns[i].Name).Append('=');
            text.Append(chunk.IsPresent(row) ? CellText(chunk, row) : "-");
        }

        return text.ToString();
    }

    private static string CellText(ColumnChunk chunk, int row) => chunk.Type switch
    {
        ColumnType.Float64 => BitConverter.UInt64BitsToDouble(chunk.Cells[row])
            .ToString("R", System.Globalization.CultureInfo.InvariantCulture),
        ColumnType.String => Encoding.UTF8.GetString(TextSpan.FromCell(chunk.Cells[row]).In(chunk.Texts)),
        _ => ((long)chunk.Cells[row]).ToString(System.Globalization.CultureInfo.InvariantCulture),
    };
}
