using System.Globalization;
using Tsdb.Core;
using Tsdb.Simulation.Histories;
using Tsdb.Storage;
using Tsdb.Storage.Devices;

namespace Tsdb.Simulation;

/// <summary>
/// Writers, readers, flushes and merges all at once on a real directory: a reader sees all that was
/// acknowledged before it began, and in the end everything is as the model says, before and after a restart.
/// </summary>
public sealed class ConcurrencyTests : IDisposable
{
    private const int WriterCount = 4;
    private const int BatchCount = 120;
    private const int RowCountPerBatch = 40;
    private const string Table = "numbers";

    private static readonly StorageOptions _options = new()
    {
        ShardCount = 3,
        WalFileSizeBytes = 256 << 10,
        MemtableSizeBytesMax = 4 << 20,
        LateSegmentCountMax = 2,
        SegmentCountMax = 4,
    };

    private readonly string _directory = Directory.CreateTempSubdirectory("tsdb-stress-").FullName;
    private readonly int[] _acknowledgedBatches = new int[WriterCount];
    private readonly List<List<WrittenRow>>[] _batches =
        [.. Enumerable.Range(0, WriterCount).Select(_ => new List<List<WrittenRow>>())];

    private int _writersLeft = WriterCount;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Readers_see_all_that_was_acknowledged_while_everything_else_goes_on()
    {
        int seed = Seeds.First(1).First();
        CancellationToken token = TestContext.Current.CancellationToken;
        using LocalStorageDevice device = LocalStorageDevice.Open(_directory);
        StorageEngine storage = StorageEngine.Open(device, _options, TimeProvider.System);
        Task[] tasks =
        [
            .. Enumerable.Range(0, WriterCount)
                .Select(writer => Task.Run(() => WriteAsync(storage, writer, seed), token)),
            Task.Run(() => ReadWhileWriting(storage), token),
            Task.Run(() => ReadWhileWriting(storage), token),
            Task.Run(() => RepeatAsync(storage.FlushAsync), token),
            Task.Run(() => RepeatAsync(storage.CompactAsync), token),
        ];
        await Task.WhenAll(tasks).WaitAsync(TimeSpan.FromMinutes(3), token);
        DatabaseModel model = DatabaseModel.After(_batches.SelectMany(static batches => batches));
        Assert.Null(DatabaseReading.FindDifference(storage, model));
        await storage.DisposeAsync();

        storage = StorageEngine.Open(device, _options, TimeProvider.System);
        Assert.Null(DatabaseReading.FindDifference(storage, model));
        await storage.DisposeAsync();
    }

    /// <summary>Each writer has series of its own, so the order among writers does not matter.</summary>
    private async Task WriteAsync(StorageEngine storage, int writer, int seed)
    {
        Random random = new(seed + writer);
        SeriesName numbers = new(Table, [new("w", Name(writer))]);
        SeriesName mixed = new("mixed", [new("w", Name(writer))]);
        for (int batch = 0; batch < BatchCount; batch++)
        {
            List<WrittenRow> rows = [];
            for (int i = 0; i < RowCountPerBatch; i++)
            {
                long number = (batch * RowCountPerBatch) + i;
                rows.Add(Row(numbers, number ^ 7, "n", number));
                rows.Add(Row(mixed, random.Next(3000), random.Next(2) == 0 ? "a" : "b", random.Next()));
            }

            SampleBatch written = BatchBuilder.Build(rows);
            RejectLog rejects = new();
            await storage.AppendAsync(
                written, Durability.Fsync, rejects, TestContext.Current.CancellationToken);
            _batches[writer].Add(rows);
            Volatile.Write(ref _acknowledgedBatches[writer], batch + 1);
        }

        Interlocked.Decrement(ref _writersLeft);
    }

    private void ReadWhileWriting(StorageEngine storage)
    {
        int[] acknowledged = new int[WriterCount];
        while (Volatile.Read(ref _writersLeft) > 0)
        {
            for (int writer = 0; writer < WriterCount; writer++)
            {
                acknowledged[writer] = Volatile.Read(ref _acknowledgedBatches[writer]);
            }

            if (acknowledged.Max() > 0)
            {
                using StorageSnapshot snapshot = storage.OpenSnapshot();
                Assert.True(storage.Catalog.TryGetTable(Table, out TableSchema? table));
                CheckNumbers(snapshot, table, acknowledged);
            }
        }
    }

    private static void CheckNumbers(StorageSnapshot snapshot, TableSchema table, int[] acknowledged)
    {
        TagIndex tags = snapshot.FindTags(table);
        SeriesReader reader = snapshot.CreateReader(table, [ColumnKey.ValueOf(1)]);
        int key = tags.FindTagKey("w");
        for (int ordinal = 0; ordinal < tags.SeriesCount; ordinal++)
        {
            string name = tags.GetValue(key, tags.GetValueId(key, ordinal));
            int writer = int.Parse(name, CultureInfo.InvariantCulture);
            reader.Open(tags.GetSeries(ordinal), TimeRange.All);
            int rowCount = 0;
            int acknowledgedCount = 0;
            while (reader.MoveNext())
            {
                ColumnChunk column = reader.Column(0);
                for (int row = 0; row < reader.RowCount; row++)
                {
                    long number = (long)column.Cells[row];
                    Assert.True(column.IsPresent(row));
                    Assert.Equal(number ^ 7, reader.TimestampsNs[row]);
                    acknowledgedCount += number < acknowledged[writer] * RowCountPerBatch ? 1 : 0;
                }

                rowCount += reader.RowCount;
            }

            Assert.Equal(acknowledged[writer] * RowCountPerBatch, acknowledgedCount);
            Assert.InRange(rowCount, acknowledgedCount, BatchCount * RowCountPerBatch);
        }
    }

    private async Task RepeatAsync(Func<CancellationToken, Task> act)
    {
        while (Volatile.Read(ref _writersLeft) > 0)
        {
            await act(TestContext.Current.CancellationToken);
        }
    }

    private static WrittenRow Row(SeriesName series, long timestampNs, string column, long value) => new(
        series, timestampNs, [new(new CellName(column, CellKind.Value), CellValue.OfInteger(value))]);

    private static string Name(int writer) => writer.ToString(CultureInfo.InvariantCulture);
}
