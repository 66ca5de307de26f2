using System.Text;
using Tsdb.Core;
using Tsdb.Faults;
using Tsdb.Ingest.Parse;
using Tsdb.Storage;

namespace Tsdb.Fuzz.Targets;

/// <summary>
/// A small database with everything in it: all types, sparse columns, segments of several blocks, rows and
/// definitions that only the log has. Its files, and what it reads as after each write that only the log has.
/// </summary>
internal static class SampleDatabase
{
    public static readonly StorageOptions Options = new() { WalFileSizeBytes = 64 << 10, ShardCount = 2 };

    private static readonly Lazy<(Dictionary<string, byte[]> Files, HashSet<string> States)> _made =
        new(static () => MakeAsync().GetAwaiter().GetResult());

    public static IReadOnlyDictionary<string, byte[]> Files => _made.Value.Files;

    /// <summary>What it may read as: the log's end cannot be told from one that was never written.</summary>
    public static IReadOnlySet<string> States => _made.Value.States;

    /// <summary>A device with the files, some of them replaced.</summary>
    public static SimulatedStorageDevice Load(string replacedPath, byte[] replacement)
    {
        SimulatedStorageDevice device = new();
        foreach ((string path, byte[] bytes) in Files)
        {
            device.PutFile(path, path == replacedPath ? replacement : bytes);
        }

        return device;
    }

    /// <summary>Every row and cell, as one text.</summary>
    public static string Read(StorageEngine storage)
    {
        StringBuilder text = new();
        using StorageSnapshot snapshot = storage.OpenSnapshot();
        foreach (TableSchema table in storage.Catalog.Tables.OrderBy(static table => table.Name))
        {
            TagIndex tags = snapshot.FindTags(table);
            ColumnKey[] keys = [.. table.Columns.Select(static column => ColumnKey.ValueOf(column.ColumnId))];
            SeriesReader reader = snapshot.CreateReader(table, keys);
            for (int ordinal = 0; ordinal < tags.SeriesCount; ordinal++)
            {
                text.Append('\n').Append(table.Name);
                for (int key = 0; key < tags.TagKeyCount; key++)
                {
                    int value = tags.GetValueId(key, ordinal);
                    text.Append(',').Append(value < 0 ? "" : tags.GetValue(key, value));
                }

                reader.Open(tags.GetSeries(ordinal), TimeRange.All);
                while (reader.MoveNext())
                {
                    AppendChunk(text, reader, keys.Length);
                }
            }
        }

        return text.ToString();
    }

    // Row by row: how rows are cut into chunks is not part of the answer.
    private static void AppendChunk(StringBuilder text, SeriesReader reader, int columnCount)
    {
        for (int row = 0; row < reader.RowCount; row++)
        {
            text.Append(' ').Append(reader.TimestampsNs[row]);
            for (int i = 0; i < columnCount; i++)
            {
                ColumnChunk column = reader.Column(i);
                text.Append(',');
                if (!column.IsAbsent && column.IsPresent(row))
                {
                    text.Append(column.Type == ColumnType.String
                        ? Encoding.UTF8.GetString(TextSpan.FromCell(column.Cells[row]).In(column.Texts))
                        : column.Cells[row]);
                }
            }
        }
    }

    private static async Task<(Dictionary<string, byte[]>, HashSet<string>)> MakeAsync()
    {
        SimulatedStorageDevice device = new();
        StorageEngine storage = StorageEngine.Open(device, Options, TimeProvider.System);
        LineProtocolParser parser = new();
        HashSet<string> states = [];
        StringBuilder lines = new();
        for (int i = 0; i < 1500; i++)
        {
            string series = $"plant,site=s{i % 2},unit=u{i % 3}";
            string more = i % 5 == 0 ? $",ok={i % 2 == 0},note=\"n{i % 11}\",at={i}t" : "";
            lines.Append(FormattableString.Invariant(
                $"{series} t={20 + (i % 7 * 0.25)},n={i}i,x={Math.Sin(i)}{more} {i * 1_000_000_007L}\n"));
        }

        await WriteAsync(storage, parser, lines.ToString());
        await storage.FlushAsync(CancellationToken.None);
        await WriteAsync(storage, parser, "plant,site=s0,unit=u0 t=1 5\nplant,site=s1,unit=u1 n=7i 9\n");
        await storage.FlushAsync(CancellationToken.None);
        states.Add(Read(storage));
        for (int i = 0; i < 3; i++)
        {
            string rows = $"log{i},k=v{i} a={i},b=\"x\" {i}\nplant,site=s0,unit=u0 t={i} {i}\n";
            await WriteAsync(storage, parser, rows);
            states.Add(Read(storage));
        }

        Dictionary<string, byte[]> files =
            device.ListFiles().ToDictionary(static path => path, device.ReadFile, StringComparer.Ordinal);
        await storage.DisposeAsync();
        return (files, states);
    }

    private static async Task WriteAsync(StorageEngine storage, LineProtocolParser parser, string lines)
    {
        SampleBatch batch = new();
        RejectLog rejects = new();
        LineProtocolOptions options = new(TimestampPrecision.Nanosecond, 0, LineProtocolLimits.Default);
        parser.Parse(Encoding.UTF8.GetBytes(lines), 1, options, batch, rejects);
        await storage.AppendAsync(batch, Durability.Fsync, rejects, CancellationToken.None);
        Invariant.Holds(rejects.Count == 0);
    }
}
