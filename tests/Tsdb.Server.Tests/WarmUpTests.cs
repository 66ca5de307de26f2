using Microsoft.Extensions.Logging.Abstractions;
using Tsdb.Core;
using Tsdb.Server.Hosting;
using Tsdb.Server.Options;
using Tsdb.Storage;

namespace Tsdb.Server.Tests;

public sealed class WarmUpTests
{
    [Fact]
    public async Task A_warm_up_leaves_no_row_no_file_and_no_count()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        DirectoryInfo data = Directory.CreateTempSubdirectory("tsdb-warm-test-");
        data.CreateSubdirectory(".warm-up/left-by-a-crash");
        ServerOptions options =
            new() { DataDirectory = data.FullName, HttpPort = 0, GrpcPort = 0, IlpPort = 0 };
        await using (TsdbServer server = await TsdbServer.StartAsync(options, TimeProvider.System))
        {
            Assert.Equal(["default"], data.GetDirectories().Select(static folder => folder.Name));
            using HttpClient http = new() { BaseAddress = new Uri($"http://127.0.0.1:{server.HttpPort}") };
            string metrics = await http.GetStringAsync("/metrics", stop);
            Assert.Contains("tsdb_write_requests_total 0\n", metrics, StringComparison.Ordinal);
            Assert.Contains("tsdb_write_bytes_total 0\n", metrics, StringComparison.Ordinal);
            Assert.Contains("\ndotnet_gc_pause_seconds_max ", metrics, StringComparison.Ordinal);
            Assert.Contains("\ndotnet_gc_committed_bytes_max ", metrics, StringComparison.Ordinal);
            Assert.Contains("tsdb_tables{database=\"default\"} 0\n", metrics, StringComparison.Ordinal);
        }

        data.Delete(recursive: true);
    }

    [Fact]
    public async Task A_server_that_cannot_warm_up_serves_all_the_same()
    {
        DirectoryInfo data = Directory.CreateTempSubdirectory("tsdb-warm-test-");
        await File.WriteAllTextAsync(
            Path.Combine(data.FullName, ".warm-up"), "in the way", TestContext.Current.CancellationToken);
        ServerOptions options =
            new() { DataDirectory = data.FullName, HttpPort = 0, GrpcPort = 0, IlpPort = 0 };
        await using (TsdbServer server = await TsdbServer.StartAsync(options, TimeProvider.System))
        {
            Assert.True(server.HttpPort > 0);
        }

        data.Delete(recursive: true);
    }

    [Fact]
    public async Task Whatever_a_part_of_the_warm_up_throws_the_server_does_without_it()
    {
        Exception[] faults =
        [
            new StorageClosedException("the device is full") { Refusal = StorageRefusal.DiskFull },
            new OperationCanceledException("the deadline is over"),
            new InvalidOperationException("anything"),
        ];
        foreach (Exception fault in faults)
        {
            await WarmUp.TryAsync(() => Task.FromException(fault), NullLogger.Instance);
        }

        await Assert.ThrowsAsync<InvariantViolatedException>(
            () => WarmUp.TryAsync(
                () => Task.FromException(new InvariantViolatedException("a bug")), NullLogger.Instance));
    }

    [Fact]
    public void The_scratch_database_keeps_no_reserve_and_is_not_made_on_a_nearly_full_device()
    {
        Assert.Equal(0, WarmStore.Storage.DiskReserveSizeBytes);
        Assert.Equal(0, WarmStore.Storage.BallastSizeBytes);
        Assert.False(WarmStore.HasRoom(1 << 20));
        Assert.True(WarmStore.HasRoom(1 << 30));
    }
}
