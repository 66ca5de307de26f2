using Tsdb.Bench.Micro.Batches;
using Tsdb.Bench.Micro.Codecs;
using Tsdb.Bench.Micro.Memtables;
using Tsdb.Bench.Micro.Parsing;
using Tsdb.Bench.Micro.Scanning;
using Tsdb.Bench.Micro.Wal;

namespace Tsdb.Bench.Micro.Allocations;

/// <summary>The benchmarks' operations, set up and ready to be run one by one.</summary>
internal sealed class HotPaths : IDisposable
{
    private readonly List<AllocationPath> _paths = [];
    private readonly Stack<Action> _releases = new();

    public HotPaths()
    {
        AddBatches();
        AddNumberCodecs();
        AddOtherCodecs();
        AddWal();
        AddMemtables();
        AddScans();
    }

    public IReadOnlyList<AllocationPath> Paths => _paths;

    public void Dispose()
    {
        while (_releases.TryPop(out Action? release))
        {
            release();
        }
    }

    private void AddBatches()
    {
        foreach (string values in (string[])["integer", "3 decimals"])
        {
            LineProtocolBenchmark parse = new() { Values = values, SeriesCount = 4_000 };
            parse.Setup();
            Add($"parse 16384 rows, {values}", () => parse.Parse());
        }

        ResolveBenchmark resolve = new();
        resolve.Setup();
        Add("resolve 5000 rows", () => resolve.Resolve());
    }

    private void AddNumberCodecs()
    {
        foreach (string kind in (string[])["constant", "cpu walk", "counter", "runs", "dictionary", "random"])
        {
            IntegerCodecBenchmark integers = new() { Kind = kind };
            integers.Setup();
            Add($"encode integers, {kind}", () => integers.Encode());
            Add($"decode integers, {kind}", () => integers.Decode());
        }

        foreach (string kind in (string[])["exact 10 s", "1 s, 20 ms jitter"])
        {
            TimestampCodecBenchmark timestamps = new() { Kind = kind };
            timestamps.Setup();
            Add($"encode timestamps, {kind}", () => timestamps.Encode());
            Add($"decode timestamps, {kind}", () => timestamps.Decode());
        }

        foreach (string kind in (string[])["2 decimals", "float", "noisy sine", "random"])
        {
            DoubleCodecBenchmark doubles = new() { Kind = kind };
            doubles.Setup();
            Add($"encode doubles, {kind}", () => doubles.Encode());
            Add($"decode doubles, {kind}", () => doubles.Decode());
        }
    }

    private void AddOtherCodecs()
    {
        BitmapCodecBenchmark bitmaps = new();
        bitmaps.Setup();
        Add("encode bitmap", () => bitmaps.Encode());
        Add("decode bitmap", () => bitmaps.Decode());
        foreach (int distinctCount in (int[])[8, 1024])
        {
            TextCodecBenchmark texts = new() { DistinctCount = distinctCount };
            texts.Setup();
            Add($"encode texts, {distinctCount} distinct", () => texts.Encode());
            Add($"decode texts, {distinctCount} distinct", () => texts.Decode());
        }
    }

    private void AddWal()
    {
        foreach (bool isSparse in (bool[])[false, true])
        {
            FrameEncodeBenchmark frames = new() { IsSparse = isSparse };
            frames.Setup();
            Add($"encode frame, {(isSparse ? "sparse" : "dense")}", () => frames.Encode());
        }

        WalAppendBenchmark wal = new() { PayloadSizeBytes = 64 << 10 };
        _releases.Push(wal.Dispose);
        wal.Setup();
        Add("append and sync frame", () => wal.AppendAndSync());
    }

    private void AddMemtables()
    {
        foreach (bool isSparse in (bool[])[false, true])
        {
            MemtableAppendBenchmark memtable = new() { IsSparse = isSparse };
            _releases.Push(memtable.Dispose);
            memtable.Setup();
            memtable.Begin();
            Add($"append to memtable, {(isSparse ? "sparse" : "dense")}", () => memtable.Append());
        }
    }

    private void AddScans()
    {
        SeriesScanBenchmark scan = new();
        _releases.Push(() => scan.DisposeAsync().AsTask().GetAwaiter().GetResult());
        scan.SetupAsync().GetAwaiter().GetResult();
        Add("scan statistics", () => scan.SumFromStatistics());
        Add("scan blocks", () => scan.SumFromBlocks());
        Add("scan memtable", () => scan.SumFromMemtable());
    }

    private void Add(string name, Action operation) => _paths.Add(new AllocationPath(name, operation));
}
