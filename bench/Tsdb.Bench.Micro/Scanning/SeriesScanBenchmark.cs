using BenchmarkDotNet.Attributes;
using Tsdb.Bench.Micro.Parsing;
using Tsdb.Core;
using Tsdb.Ingest.Parse;
using Tsdb.Storage;
using Tsdb.Storage.Devices;

namespace Tsdb.Bench.Micro.Scanning;

/// <summary>The sum of one column of a series: from statistics, from blocks, from the memtable; time per
/// row.</summary>
[MemoryDiagnoser]
[ShortRunJob]
public class SeriesScanBenchmark : IAsyncDisposable
{
    private const int SeriesCount = 50;
    private const int RowCount = 4_096;

    private DirectoryInfo? _directory;
    private LocalStorageDevice? _device;
    private StorageEngine? _engine;
    private StorageSnapshot? _memtable;
    private StorageSnapshot? _segments;
    private SeriesReader? _memtableReader;
    private SeriesReader? _segmentReader;
    private TagIndex? _tags;
    private int _ordinal;

    [GlobalSetup]
    public async Task SetupAsync()
    {
        _directory = Directory.CreateTempSubdirectory("tsdb-bench-");
        _device = LocalStorageDevice.Open(_directory.FullName);
        _engine = StorageEngine.Open(_device, new StorageOptions(), TimeProvider.System);
        SampleBatch batch = new();
        RejectLog rejects = new();
        LineProtocolOptions options = new(TimestampPrecision.Nanosecond, 0, LineProtocolLimits.Default);
        byte[] text = CpuLines.Dense(SeriesCount * RowCount, SeriesCount, "integer");
        new LineProtocolParser().Parse(text, 1, options, batch, rejects);
        await _engine.AppendAsync(batch, Durability.Fsync, rejects, CancellationToken.None);
        Invariant.Holds(_engine.Catalog.TryGetTable(CpuLines.TableName, out TableSchema? table));
        ColumnKey[] columns = [ColumnKey.ValueOf(table!.Columns[0].ColumnId)];

        // A snapshot keeps the memtable it saw, also when that has been flushed.
        _memtable = _engine.OpenSnapshot();
        _memtableReader = _memtable.CreateReader(table, columns);
        await _engine.FlushAsync(CancellationToken.None);
        _segments = _engine.OpenSnapshot();
        _segmentReader = _segments.CreateReader(table, columns);
        _tags = _segments.FindTags(table);
        Int128 sum = SumFromMemtable();
        _ordinal = 0;
        Invariant.Holds(SumFromBlocks() == sum);
        _ordinal = 0;
        Invariant.Holds(SumFromStatistics() == sum);
    }

    [Benchmark(OperationsPerInvoke = RowCount)]
    public Int128 SumFromStatistics()
    {
        SeriesReader reader = OpenNext(_segmentReader!);
        Int128 sum = 0;
        while (reader.MoveNext())
        {
            bool isKnown = reader.TryGetStatistics(0, out ColumnStatistics statistics);
            Invariant.Holds(isKnown);
            sum += statistics.IntegerSum;
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = RowCount)]
    public long SumFromBlocks() => Sum(OpenNext(_segmentReader!));

    [Benchmark(OperationsPerInvoke = RowCount)]
    public long SumFromMemtable() => Sum(OpenNext(_memtableReader!));

    [GlobalCleanup]
    public async ValueTask DisposeAsync()
    {
        _memtable?.Dispose();
        _segments?.Dispose();
        if (_engine is not null)
        {
            await _engine.DisposeAsync();
        }

        _device?.Dispose();
        _directory?.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    private SeriesReader OpenNext(SeriesReader reader)
    {
        reader.Open(_tags!.GetSeries(_ordinal), TimeRange.All);
        _ordinal = (_ordinal + 1) % SeriesCount;
        return reader;
    }

    private static long Sum(SeriesReader reader)
    {
        long sum = 0;
        while (reader.MoveNext())
        {
            foreach (ulong cell in reader.Column(0).Cells)
            {
                sum += (long)cell;
            }
        }

        return sum;
    }
}
