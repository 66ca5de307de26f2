using System.Globalization;
using System.Text;
using Tsdb.Core;
using Tsdb.Ingest.Parse;
using Tsdb.Storage;
using Tsdb.Storage.Devices;

namespace Tsdb.Query.Tests.Rollups;

/// <summary>A database with tiers, read with them and without: both must say the same.</summary>
internal sealed class RollupDatabase(IStorageDevice device, StorageOptions options, TimeProvider clock)
    : IAsyncDisposable
{
    private static readonly string[] _ranges =
    [
        "",
        "WHERE ts >= '1970-01-01T01:17:03Z'",
        "WHERE ts < '1970-01-02T03:00:00Z'",
        "WHERE ts >= '1970-01-01T02:00:00Z' AND ts < '1970-01-01T22:30:00.5Z'",
        "WHERE host = 'h1' AND ts >= '1970-01-01T05:00:00Z'",
        "WHERE x > 3",
    ];

    private static readonly string[] _keys =
        ["", "host", "time_bucket('1h', ts)", "time_bucket('10m', ts), host", "time_bucket('1d', ts)",
        "time_bucket('7m', ts)", "time_bucket('1w', ts)", "time_bucket('1M', ts), host"];

    private const string Aggregates =
        "count(*), count(x), sum(x), avg(x), min(x), max(x), first(x), last(x), "
        + "count(n), sum(n), avg(n), min(n), max(n), first(n), last(n)";

    public StorageEngine Storage { get; private set; } = StorageEngine.Open(device, options, clock);

    /// <summary>Buckets that tiers have answered with.</summary>
    public long BucketCount { get; private set; }

    public async Task RestartAsync()
    {
        await Storage.DisposeAsync();
        Storage = StorageEngine.Open(device, options, clock);
    }

    public async Task WriteAsync(IReadOnlyList<string> lines)
    {
        SampleBatch batch = new();
        RejectLog rejects = new();
        LineProtocolOptions parse = new(TimestampPrecision.Nanosecond, 0, LineProtocolLimits.Default);
        new LineProtocolParser().Parse(
            Encoding.UTF8.GetBytes(string.Join('\n', lines)), 1, in parse, batch, rejects);
        await Storage.AppendAsync(batch, Durability.Fsync, rejects, TestContext.Current.CancellationToken);
    }

    /// <summary>Writes what is said of a reading: its status, and its value if there is one.</summary>
    public async Task JudgeAsync(string host, long timestampNs, double? value, uint status)
    {
        byte[] key = Encoding.UTF8.GetBytes($"t,host={host}");
        SampleBatch batch = new() { KeyText = key };
        TableRows rows = batch.AddTable("t"u8);
        rows.EnsureCapacity(1);
        rows.TimestampsNs[0] = timestampNs;
        rows.KeyOffsets[0] = 0;
        rows.KeyLengths[0] = key.Length;
        rows.LineNumbers[0] = 1;
        rows.RowCount = 1;
        if (value is { } number)
        {
            rows.AddColumn("x"u8, ColumnType.Float64).Append(0, BitConverter.DoubleToUInt64Bits(number));
        }

        rows.AddColumn("x"u8, ColumnType.Int64, CellKind.Status).Append(0, status);
        await Storage.AppendAsync(
            batch, Durability.Fsync, new RejectLog(), TestContext.Current.CancellationToken);
    }

    public async Task RunAsync(string sql)
    {
        ReadPath reads = new(Storage, new QueryOptions(), TimeProvider.System, Storage);
        using QueryResult result = await reads.ExecuteAsync(
            new QueryRequest(sql), TestContext.Current.CancellationToken);
    }

    public List<string> Query(string sql, bool usesRollups)
    {
        QueryOptions queries = new() { UsesRollups = usesRollups, WorkerCount = 1 };
        using QueryResult result = new ReadPath(Storage, queries, TimeProvider.System).Execute(
            new QueryRequest(sql), TestContext.Current.CancellationToken);
        List<string> rows = [];
        while (result.MoveNext())
        {
            for (int row = 0; row < result.Current.RowCount; row++)
            {
                rows.Add(string.Join('|', result.Current.Columns.Select(column => Format(column, row))));
            }
        }

        BucketCount += result.Statistics.RollupBucketsRead;
        return rows;
    }

    /// <summary>The first of all queries that a tier answers otherwise than the rows do; null when there is
    /// none.</summary>
    public string? FindDifference() => (
        from keys in _keys
        from range in _ranges
        select FindDifference(keys, range)).FirstOrDefault(static difference => difference is not null);

    /// <summary>As <see cref="FindDifference()"/>, of a few queries.</summary>
    public string? FindDifference(Random random) => Enumerable.Range(0, 4)
        .Select(_ => FindDifference(
            _keys[random.Next(_keys.Length)], _ranges[random.Next(_ranges.Length)]))
        .FirstOrDefault(static difference => difference is not null);

    private string? FindDifference(string keys, string range)
    {
        string order = keys.Length == 0 ? "" : $"GROUP BY {keys} ORDER BY {keys}";
        string sql = $"SELECT {(keys.Length == 0 ? "" : keys + ", ")}{Aggregates} FROM t {range} {order}";
        List<string> raw = Query(sql, usesRollups: false);
        List<string> tiered = Query(sql, usesRollups: true);
        for (int i = 0; i < Math.Max(raw.Count, tiered.Count); i++)
        {
            string left = raw.ElementAtOrDefault(i) ?? "";
            string right = tiered.ElementAtOrDefault(i) ?? "";
            string[] cells = right.Split('|');
            if (left.Split('|').Length != cells.Length || !left.Split('|').Zip(cells).All(IsSame))
            {
                return $"{sql}\nrow {i}\nrows {left}\ntier {right}";
            }
        }

        return null;
    }

    public async ValueTask DisposeAsync() => await Storage.DisposeAsync();

    /// <summary>Sums of floats may differ by their rounding, nothing else may.</summary>
    private static bool IsSame((string Left, string Right) pair)
    {
        bool isWhole = long.TryParse(pair.Left, out _) && long.TryParse(pair.Right, out _);
        return isWhole ? pair.Left == pair.Right : RandomQuery.IsSame(pair.Left, pair.Right);
    }

    private static string Format(ColumnVector column, int row)
    {
        ulong word = column.Words[row];
        return column.IsNull(row) ? "NULL" : column.Type switch
        {
            ResultType.String => column.Texts[(int)word],
            ResultType.Float64 =>
                BitConverter.UInt64BitsToDouble(word).ToString("R", CultureInfo.InvariantCulture),
            _ => ((long)word).ToString(CultureInfo.InvariantCulture),
        };
    }
}
