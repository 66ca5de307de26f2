using System.Globalization;
using System.Text;
using Tsdb.Core;
using Tsdb.Faults;
using Tsdb.Ingest.Parse;
using Tsdb.Storage;

namespace Tsdb.Query.Tests;

/// <summary>A database on a device in memory, written by line protocol and read by SQL.</summary>
internal sealed class TestDatabase : IAsyncDisposable
{
    private readonly SimulatedStorageDevice _device = new();

    public TestDatabase(QueryOptions? options = null)
    {
        Storage = StorageEngine.Open(_device, new StorageOptions(), TimeProvider.System);
        Reads = new ReadPath(Storage, options ?? new QueryOptions(), new FixedClock(), Storage);
    }

    public StorageEngine Storage { get; }

    public ReadPath Reads { get; }

    public async Task WriteAsync(IEnumerable<string> lines)
    {
        SampleBatch batch = new();
        RejectLog rejects = new();
        LineProtocolOptions options = new(TimestampPrecision.Nanosecond, 0, LineProtocolLimits.Default);
        byte[] text = Encoding.UTF8.GetBytes(string.Join('\n', lines));
        new LineProtocolParser().Parse(text, 1, in options, batch, rejects);
        await AppendAsync(batch, rejects);
    }

    /// <summary>Writes rows whose one value carries a status: <c>table,tags field=value status
    /// timestamp</c>; value NULL for none.</summary>
    public async Task WriteJudgedAsync(IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            string[] parts = line.Split(' ');
            string[] field = parts[1].Split('=');
            byte[] key = Encoding.UTF8.GetBytes(parts[0]);
            SampleBatch batch = new() { KeyText = key };
            TableRows rows = batch.AddTable(Encoding.UTF8.GetBytes(parts[0].Split(',')[0]));
            rows.EnsureCapacity(1);
            rows.TimestampsNs[0] = long.Parse(parts[3], CultureInfo.InvariantCulture);
            rows.KeyOffsets[0] = 0;
            rows.KeyLengths[0] = key.Length;
            rows.LineNumbers[0] = 1;
            rows.RowCount = 1;
            byte[] name = Encoding.UTF8.GetBytes(field[0]);
            ulong status = ulong.Parse(parts[2], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (field[1] != "NULL")
            {
                double value = double.Parse(field[1], CultureInfo.InvariantCulture);
                rows.AddColumn(name, ColumnType.Float64).Append(0, BitConverter.DoubleToUInt64Bits(value));
            }

            rows.AddColumn(name, ColumnType.Int64, CellKind.Status).Append(0, status);
            await AppendAsync(batch, new RejectLog());
        }
    }

    /// <summary>All rows, columns divided by <c>|</c>.</summary>
    public List<string> Query(string sql, IReadOnlyDictionary<string, QueryParameter>? parameters = null)
    {
        using QueryResult result = Reads.Execute(
            new QueryRequest(sql, parameters), TestContext.Current.CancellationToken);
        return ReadRows(result);
    }

    /// <summary>As <see cref="Query"/>, for statements that write too.</summary>
    public async Task<List<string>> RunAsync(
        string sql, IReadOnlyDictionary<string, QueryParameter>? parameters = null)
    {
        using QueryResult result = await Reads.ExecuteAsync(
            new QueryRequest(sql, parameters), TestContext.Current.CancellationToken);
        return ReadRows(result);
    }

    /// <summary>Damages the oldest segment; gives its path.</summary>
    public string FlipSegmentByte(int offsetBytes)
    {
        string path = "segments/" + _device.List("segments")[0];
        byte[] bytes = _device.ReadFile(path);
        bytes[offsetBytes] ^= 1;
        _device.PutFile(path, bytes);
        return path;
    }

    public async ValueTask DisposeAsync() => await Storage.DisposeAsync();

    private static List<string> ReadRows(QueryResult result)
    {
        List<string> rows = [];
        while (result.MoveNext())
        {
            ColumnBatch batch = result.Current;
            for (int row = 0; row < batch.RowCount; row++)
            {
                rows.Add(string.Join('|', batch.Columns.Select(column => Format(column, row))));
            }
        }

        return rows;
    }

    private static string Format(ColumnVector column, int row)
    {
        if (column.IsNull(row))
        {
            return "NULL";
        }

        ulong word = column.Words[row];
        return column.Type switch
        {
            ResultType.String => column.Texts[(int)word],
            ResultType.Float64 =>
                BitConverter.UInt64BitsToDouble(word).ToString("R", CultureInfo.InvariantCulture),
            ResultType.Bool => word == 1 ? "true" : "false",
            ResultType.Timestamp =>
                new Timestamp((long)word).ToString().Replace(".000000000Z", "Z", StringComparison.Ordinal),
            ResultType.Quality => ((Quality)word).ToString().ToUpperInvariant(),
            _ => ((long)word).ToString(CultureInfo.InvariantCulture),
        };
    }

    private async Task AppendAsync(SampleBatch batch, RejectLog rejects)
    {
        await Storage.AppendAsync(batch, Durability.Fsync, rejects, TestContext.Current.CancellationToken);
        Assert.Equal(0, rejects.Count);
    }

    // now() is 2016-01-01T01:00:00Z in every script.
    private sealed class FixedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2016, 1, 1, 1, 0, 0, TimeSpan.Zero);
    }
}
