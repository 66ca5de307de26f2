using Tsdb.Core.Commands;
using Tsdb.Faults;
using Tsdb.Storage;
using Tsdb.Storage.Segments;

namespace Tsdb.Engine.Tests;

/// <summary>Files are verified in the background: what is damaged is said with all that is lost, and what is
/// sound again is not.</summary>
public sealed class ScrubTests
{
    private const int FirstChunkOffsetBytes = 256;

    private static readonly StorageOptions _options = new()
    {
        WalFileSizeBytes = 64 << 10,
        ShardCount = 1,
        FaultRetryInterval = TimeSpan.FromMilliseconds(1),
        RollupInterval = TimeSpan.FromDays(1),
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_pass_over_sound_files_reads_them_and_finds_nothing()
    {
        SimulatedStorageDevice device = await WriteAsync();
        await using StorageEngine storage = Open(device);
        await storage.ScrubAsync(Token);
        ScrubStatistics scrub = storage.GetStatistics().Scrub;
        Assert.Equal((1, 0, false), (scrub.PassCount, scrub.RereadCount, scrub.IsPassing));
        Assert.True(scrub.ReadSizeBytes > 0);
        Assert.NotNull(scrub.LastPassEnded);
        Assert.Empty(storage.GetFaults());
    }

    [Fact]
    public async Task A_flipped_bit_is_found_with_file_offset_series_times_and_rows()
    {
        SimulatedStorageDevice device = await WriteAsync();
        string path = Flip(device, FirstChunkOffsetBytes + 4);
        await using StorageEngine storage = Open(device);
        Assert.Empty(storage.GetFaults());
        await storage.ScrubAsync(Token);

        SegmentDamage damage = Assert.Single(storage.GetStatistics().Damages);
        Assert.Equal((path, FirstChunkOffsetBytes), (damage.Path, damage.OffsetBytes));
        Assert.Equal((1L, 2L, 2L), (damage.FirstTimestampNs, damage.LastTimestampNs, damage.RowCount));
        Assert.NotNull(damage.TableId);
        Assert.NotNull(damage.Series);
        StorageFault fault = Assert.Single(storage.GetFaults());
        Assert.Equal(("segment_damaged", false), (fault.Kind, fault.RefusesWrites));
        Assert.Contains(path, fault.Message, StringComparison.Ordinal);
        Assert.Contains("byte 256", fault.Message, StringComparison.Ordinal);
        Assert.Contains("2 rows", fault.Message, StringComparison.Ordinal);

        // What needs the block fails; the other series of the same file is read.
        Assert.Throws<SegmentCorruptException>(() => TestTable.Read(storage, "t"));
        Assert.Equal(["7 v=7"], TestTable.Read(storage, "u"));
    }

    [Fact]
    public async Task A_file_put_right_is_no_longer_reported()
    {
        SimulatedStorageDevice device = await WriteAsync();
        byte[] sound = device.ReadFile(FirstSegment(device));
        string path = Flip(device, FirstChunkOffsetBytes + 4);
        await using StorageEngine storage = Open(device);
        await storage.ScrubAsync(Token);
        Assert.Single(storage.GetFaults());

        device.PutFile(path, sound);
        await storage.ScrubAsync(Token);
        Assert.Empty(storage.GetFaults());
    }

    [Fact]
    public async Task Damage_is_known_at_the_next_start_until_it_is_put_right()
    {
        SimulatedStorageDevice device = await WriteAsync();
        byte[] sound = device.ReadFile(FirstSegment(device));
        string path = Flip(device, FirstChunkOffsetBytes + 4);
        SegmentDamage found;
        await using (StorageEngine first = Open(device))
        {
            await first.ScrubAsync(Token);
            found = Assert.Single(first.GetStatistics().Damages);
        }

        await using (StorageEngine second = Open(device))
        {
            Assert.Equal(found, Assert.Single(second.GetStatistics().Damages));
            Assert.Single(second.GetFaults());
            device.PutFile(path, sound);
            await second.ScrubAsync(Token);
            Assert.Empty(second.GetFaults());
        }

        await using StorageEngine third = Open(device);
        Assert.Empty(third.GetFaults());
    }

    [Fact]
    public async Task A_file_whose_index_is_damaged_is_reported_while_queries_go_on()
    {
        SimulatedStorageDevice device = await WriteAsync();
        await using StorageEngine storage = Open(device);
        int sizeBytes = device.ReadFile(FirstSegment(device)).Length;
        Flip(device, sizeBytes - 10);
        await storage.ScrubAsync(Token);
        SegmentDamage damage = Assert.Single(storage.GetStatistics().Damages);
        Assert.Equal((null, 3L), (damage.Series, damage.RowCount));
        Assert.Equal(["a 1 v=1", "a 2 v=2"], TestTable.Read(storage, "t"));
    }

    [Fact]
    public async Task A_read_error_that_passes_is_no_damage()
    {
        SimulatedStorageDevice device = await WriteAsync();
        await using StorageEngine storage = Open(device);
        int failureCount = 0;
        device.Rule = (operation, path) => operation == DeviceOperation.Read
            && path.StartsWith("segments/", StringComparison.Ordinal) && failureCount++ < 2
            ? InjectedFault.IoError
            : null;
        await storage.ScrubAsync(Token);
        Assert.Empty(storage.GetFaults());
        Assert.Equal(2, storage.GetStatistics().Scrub.RereadCount);
    }

    [Fact]
    public async Task A_read_error_that_stays_is_reported_until_it_goes()
    {
        SimulatedStorageDevice device = await WriteAsync();
        await using StorageEngine storage = Open(device);
        device.Rule = static (operation, path) => operation == DeviceOperation.Read
            && path.StartsWith("segments/", StringComparison.Ordinal) ? InjectedFault.IoError : null;
        await storage.ScrubAsync(Token);
        Assert.Contains("errno 5", Assert.Single(storage.GetFaults()).Message, StringComparison.Ordinal);
        device.Rule = null;
        await storage.ScrubAsync(Token);
        Assert.Empty(storage.GetFaults());
    }

    [Fact]
    public async Task A_request_meets_read_errors_where_passes_are_off()
    {
        SimulatedStorageDevice device = await WriteAsync();
        await using StorageEngine storage = StorageEngine.Open(
            device, _options with { ScrubSizeBytesPerSecondMax = 0 }, TimeProvider.System);
        int failureCount = 0;
        device.Rule = (operation, path) => operation == DeviceOperation.Read
            && path.StartsWith("segments/", StringComparison.Ordinal) && failureCount++ < 2
            ? InjectedFault.IoError
            : null;
        await storage.ScrubAsync(Token);
        Assert.Empty(storage.GetFaults());
        ScrubStatistics scrub = storage.GetStatistics().Scrub;
        Assert.Equal((1, 2), (scrub.PassCount, scrub.RereadCount));
    }

    [Fact]
    public async Task Damage_goes_with_the_rows_of_a_dropped_table()
    {
        SimulatedStorageDevice device = await WriteAsync();
        Flip(device, FirstChunkOffsetBytes + 4);
        await using StorageEngine storage = Open(device);
        await storage.ScrubAsync(Token);
        foreach (string name in new[] { "t", "u" })
        {
            Assert.True(storage.Catalog.TryGetTable(name, out TableSchema? table));
            await storage.ExecuteAsync(new DropTable(table.TableId), Token);
        }

        await storage.CompactAsync(Token);
        Assert.Empty(storage.GetFaults());
    }

    [Fact]
    public async Task A_damaged_rollup_is_built_anew()
    {
        SimulatedStorageDevice device = new();
        await using (StorageEngine storage = Open(device))
        {
            await TestTable.WriteAsync(storage, "t v=1 0\nt v=2 60000000000\nt v=3 120000000000\n");
            Assert.True(storage.Catalog.TryGetTable("t", out TableSchema? table));
            await storage.ExecuteAsync(
                new CreateRollup(table.TableId, TimeSpan.FromMinutes(1).Ticks * 100, null), Token);
            await storage.BuildRollupsAsync(Token);
        }

        IReadOnlyList<string> files = device.List("segments");
        Assert.Equal(2, files.Count);
        string path = "segments/" + files[1];
        byte[] bytes = device.ReadFile(path);
        bytes[FirstChunkOffsetBytes + 4] ^= 1;
        device.PutFile(path, bytes);

        await using StorageEngine again = Open(device);
        await again.ScrubAsync(Token);
        Assert.Empty(again.GetFaults());
        Assert.Equal(1, again.GetStatistics().Scrub.RebuiltCount);
        await again.BuildRollupsAsync(Token);
        Assert.Equal(2, device.List("segments").Count);
        Assert.False(device.Exists(path));
        await again.ScrubAsync(Token);
        Assert.Equal(1, again.GetStatistics().Scrub.RebuiltCount);
    }

    private static StorageEngine Open(SimulatedStorageDevice device) =>
        StorageEngine.Open(device, _options, TimeProvider.System);

    private static async Task<SimulatedStorageDevice> WriteAsync()
    {
        SimulatedStorageDevice device = new();
        await using StorageEngine storage = Open(device);
        await TestTable.WriteAsync(storage, "t,d=a v=1i 1\nt,d=a v=2i 2\nu v=7i 7\n");
        return device;
    }

    private static string FirstSegment(SimulatedStorageDevice device) =>
        "segments/" + device.List("segments")[0];

    private static string Flip(SimulatedStorageDevice device, int offsetBytes)
    {
        string path = FirstSegment(device);
        byte[] bytes = device.ReadFile(path);
        bytes[offsetBytes] ^= 1;
        device.PutFile(path, bytes);
        return path;
    }
}
