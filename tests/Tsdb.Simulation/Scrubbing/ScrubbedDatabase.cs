using System.Globalization;
using System.Text;
using Tsdb.Core;
using Tsdb.Faults;
using Tsdb.Ingest.Parse;
using Tsdb.Simulation.Seeded;
using Tsdb.Storage;
using Tsdb.Storage.Segments;

namespace Tsdb.Simulation.Scrubbing;

/// <summary>A database of some segments whose workers take their steps when a test has time pass.</summary>
internal sealed class ScrubbedDatabase
{
    private static readonly StorageOptions _defaults = new()
    {
        WalFileSizeBytes = 64 << 10,
        ShardCount = 1,
        FaultRetryInterval = TimeSpan.FromMilliseconds(1),
        RollupInterval = TimeSpan.FromDays(1),
    };

    private readonly SeededWorkHost _host;

    private ScrubbedDatabase(SimulatedStorageDevice device, ManualClock clock, StorageOptions options)
    {
        Device = device;
        Clock = clock;
        _host = new SeededWorkHost(new Random(1), clock);
        Storage = StorageEngine.Open(device, options, clock, _host);
        _host.RunAll();
    }

    public SimulatedStorageDevice Device { get; }

    public ManualClock Clock { get; }

    public StorageEngine Storage { get; }

    public ScrubStatistics Scrub => Storage.GetStatistics().Scrub;

    public IReadOnlyList<SegmentDamage> Damages => Storage.GetStatistics().Damages;

    public static IReadOnlyList<string> SegmentsOf(SimulatedStorageDevice device) =>
        [.. device.List("segments").Select(static name => "segments/" + name)];

    /// <summary>Days of rows, in a segment each.</summary>
    /// <param name="dayCount">Segments.</param>
    /// <param name="seriesCount">Series of each.</param>
    /// <param name="rowCount">Rows of each series in each.</param>
    public static async Task<SimulatedStorageDevice> WriteAsync(
        int dayCount, int seriesCount = 1, int rowCount = 2)
    {
        SimulatedStorageDevice device = new();
        await using StorageEngine storage = StorageEngine.Open(device, _defaults, TimeProvider.System);
        for (int day = 0; day < dayCount; day++)
        {
            StringBuilder lines = new();
            for (int row = 0; row < rowCount * seriesCount; row++)
            {
                long timestampNs = (day * 86_400_000_000_000) + ((long)row * row / seriesCount);
                lines.Append(
                    CultureInfo.InvariantCulture,
                    $"t,d={row % seriesCount} v={row * 31 % 17}i {timestampNs}\n");
            }

            SampleBatch batch = new();
            LineProtocolOptions options = new(TimestampPrecision.Nanosecond, 0, LineProtocolLimits.Default);
            new LineProtocolParser().Parse(
                Encoding.UTF8.GetBytes(lines.ToString()), 1, in options, batch, new RejectLog());
            await storage.AppendAsync(batch, Durability.Fsync, new RejectLog(), CancellationToken.None);
        }

        return device;
    }

    public static ScrubbedDatabase Open(
        SimulatedStorageDevice device, ManualClock clock, long sizeBytesPerSecondMax = 8 << 20) => new(
            device, clock, _defaults with { ScrubSizeBytesPerSecondMax = sizeBytesPerSecondMax });

    /// <summary>Has all chunks of a segment be damaged; gives the file as it was.</summary>
    public static byte[] Damage(SimulatedStorageDevice device, string path)
    {
        SegmentReader segment = SegmentReader.Open(device, path);
        SegmentSection data = segment.Footer.Data;
        segment.Release();
        byte[] sound = device.ReadFile(path);
        byte[] damaged = [.. sound];
        for (long offsetBytes = data.OffsetBytes; offsetBytes < data.EndBytes; offsetBytes++)
        {
            damaged[offsetBytes] ^= 1;
        }

        device.PutFile(path, damaged);
        return sound;
    }

    /// <summary>Time passes, and workers do what is due by then.</summary>
    public void Pass(TimeSpan time)
    {
        Clock.Advance(time);
        _host.RunAll();
    }

    /// <summary>The segments that are opened while time passes, in that order.</summary>
    public IReadOnlyList<string> PassAndListOpened(TimeSpan time)
    {
        int callCount = Device.Calls.Count;
        Pass(time);
        return
        [
            .. Device.Calls.Skip(callCount)
                .Where(static call => call.Operation == DeviceOperation.Open
                    && call.Path.StartsWith("segments/", StringComparison.Ordinal))
                .Select(static call => call.Path),
        ];
    }

    /// <summary>Verifies all files on demand.</summary>
    public void ScrubNow()
    {
        Task request = Storage.ScrubAsync(CancellationToken.None);
        if (!request.IsCompletedSuccessfully)
        {
            throw new InvalidOperationException("the pass did not come to its end", request.Exception);
        }
    }

    /// <summary>Stops it. On the calling thread, whatever that waits for.</summary>
    public void Close()
    {
        ValueTask closing = Storage.DisposeAsync();
        if (!closing.IsCompletedSuccessfully)
        {
            throw new InvalidOperationException("closing did not come to its end");
        }
    }
}
