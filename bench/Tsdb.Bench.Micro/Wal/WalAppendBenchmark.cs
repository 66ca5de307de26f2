using BenchmarkDotNet.Attributes;
using Tsdb.Storage.Devices;
using Tsdb.Storage.Wal;

namespace Tsdb.Bench.Micro.Wal;

/// <summary>One frame to the log and to the disk, in a real directory; time per frame.</summary>
[MemoryDiagnoser]
[ShortRunJob]
public class WalAppendBenchmark : IDisposable
{
    private const int Seed = 7;
    private const long CommitTimeNs = 1_700_000_000_000_000_000;

    // Stands in for the flush, which writes log files off so that they are used again.
    private const long LiveSizeBytesMax = 256 << 20;

    private DirectoryInfo? _directory;
    private LocalStorageDevice? _device;
    private WalWriter? _writer;
    private byte[] _payload = [];

    /// <summary>Payload of a frame.</summary>
    [Params(4 << 10, 64 << 10, 1 << 20)]
    public int PayloadSizeBytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _payload = new byte[PayloadSizeBytes];
        new Random(Seed).NextBytes(_payload);
        _directory = Directory.CreateTempSubdirectory("tsdb-bench-");
        _device = LocalStorageDevice.Open(_directory.FullName);
        WalOptions options = new() { DatabaseUuid = new Guid("00112233-4455-6677-8899-aabbccddeeff") };
        WalTail tail = WalReader.Replay(_device, options, 0, 0, static (in _, _) => { });
        _writer = WalWriter.Open(_device, options, tail);
    }

    [Benchmark]
    public ulong Append()
    {
        ulong lsn = _writer!.Append(_payload, CommitTimeNs);
        if (_writer.LiveSizeBytes > LiveSizeBytesMax)
        {
            _writer.Sync();
            _writer.Truncate(_writer.DurableLsn);
        }

        return lsn;
    }

    [Benchmark]
    public ulong AppendAndSync()
    {
        ulong lsn = Append();
        _writer!.Sync();
        return lsn;
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _writer?.Dispose();
        _device?.Dispose();
        _directory?.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }
}
