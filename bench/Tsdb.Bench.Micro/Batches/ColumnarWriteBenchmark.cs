using BenchmarkDotNet.Attributes;
using Tsdb.Core;
using Tsdb.Query.Arrow.Reading;
using Tsdb.Storage;
using Tsdb.Storage.Catalogs;
using Tsdb.Storage.Commits;
using Tsdb.Storage.Memtables;

namespace Tsdb.Bench.Micro.Batches;

/// <summary>
/// What a server does with our client's columns before and after the log: Arrow messages to a batch, names to
/// ids, rows to the memtable, 160 a series, so that most of them are sealed; time per row of ten integers.
/// </summary>
[MemoryDiagnoser]
[ShortRunJob]
[InvocationCount(BatchCount)]
public class ColumnarWriteBenchmark : IDisposable
{
    private const int BatchCount = 128;

    private readonly SlabPool _slabs = new(account: null, long.MaxValue);
    private readonly FrameWriter _frame = new();
    private readonly SampleBatch _batch = new();
    private readonly ResolvedBatch _resolved = new();
    private readonly RejectLog _rejects = new();
    private BatchResolver? _resolver;
    private CpuMessages? _messages;
    private ArrowSampleDecoder? _decoder;
    private Memtable? _memtable;
    private ulong _lsn;

    /// <summary>Whether the frame of the log is encoded as well.</summary>
    [Params(false, true)]
    public bool EncodesFrame { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _resolver = new BatchResolver(new CatalogStore(CpuBatch.ShardCount), new StorageOptions());
        _messages = new CpuMessages(BatchCount, CpuBatch.RowCount);
    }

    [IterationSetup]
    public void Begin()
    {
        _memtable?.Dispose();
        _memtable = new Memtable(CpuBatch.ShardCount, _slabs);
        _decoder?.Dispose();
        _decoder = new ArrowSampleDecoder(new ArrowSampleOptions());
        _messages!.Restart();
    }

    [Benchmark(OperationsPerInvoke = CpuBatch.RowCount)]
    public long Write()
    {
        _decoder!.Feed(_messages!.Take());
        while (_decoder.TryRead(_batch, _rejects))
        {
            _resolver!.Resolve(_batch, _resolved, _rejects);
            if (EncodesFrame)
            {
                _frame.Clear();
                _frame.AddRows(_resolved);
            }

            _memtable!.Append(_resolved, ++_lsn);
        }

        Invariant.Holds(_rejects.Count == 0);
        return _memtable!.RowCount;
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _decoder?.Dispose();
        _memtable?.Dispose();
        _slabs.Dispose();
        GC.SuppressFinalize(this);
    }
}
