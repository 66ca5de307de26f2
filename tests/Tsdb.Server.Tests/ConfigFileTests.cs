using Tsdb.Server.Options;
using Tsdb.Storage;

namespace Tsdb.Server.Tests;

public sealed class ConfigFileTests
{
    [Fact]
    public void Sizes_and_rates_of_storage_are_taken_from_the_file()
    {
        ServerOptions options = Read("""
            {
                "data": "x", "walFileSizeBytes": 1048576, "walSizeBytesMax": 4194304,
                "compactionSizeBytesPerSecondMax": 7, "lateSegmentCountMax": 3, "segmentCountMax": 5,
                "erasureDeadlineSeconds": 60, "clockToleranceSeconds": 0.5, "pendingDeleteCountMax": 9,
                "scrubSizeBytesPerSecondMax": 11, "scrubPeriodSeconds": 3600,
                "rollupSeconds": 0.5, "rollupCountMax": 2, "usesRollups": false
            }
            """);
        Assert.Equal(1048576, options.Storage.WalFileSizeBytes);
        Assert.Equal(7, options.Storage.CompactionSizeBytesPerSecondMax);
        Assert.Equal(3, options.Storage.LateSegmentCountMax);
        Assert.Equal(5, options.Storage.SegmentCountMax);
        Assert.Equal(TimeSpan.FromMinutes(1), options.Storage.ErasureDeadline);
        Assert.Equal(TimeSpan.FromMilliseconds(500), options.Storage.ClockTolerance);
        Assert.Equal(9, options.Storage.PendingDeleteCountMax);
        Assert.Equal(11, options.Storage.ScrubSizeBytesPerSecondMax);
        Assert.Equal(TimeSpan.FromHours(1), options.Storage.ScrubPeriod);
        Assert.Equal(TimeSpan.FromMilliseconds(500), options.Storage.RollupInterval);
        Assert.Equal(2, options.Storage.RollupCountMax);
        Assert.False(options.UsesRollups);
        Assert.NotNull(ServerOptionsCheck.Validate(options));
    }

    [Fact]
    public void Limits_of_names_queues_and_results_are_taken_from_the_file()
    {
        ServerOptions options = Read("""
            {
                "data": "x", "memoryLimit": "8G", "queryRowCountMax": 2, "tableCountMax": 3,
                "columnCountMax": 4, "tagKeyCountMax": 5, "seriesCountMax": 6, "tableSeriesCountMax": 7,
                "tagValueCountMax": 8, "pendingDeleteCountMax": 9, "commitQueueCountMax": 10,
                "commitQueueSizeBytesMax": 11, "httpConnectionCountMax": 12, "ilpConnectionCountMax": 13
            }
            """);
        StorageOptions storage = options.Storage;
        Assert.Equal(8L << 30, options.MemoryLimitBytes);
        Assert.Equal(2, options.QueryRowCountMax);
        Assert.Equal((12, 13), (options.HttpConnectionCountMax, options.IlpConnectionCountMax));
        Assert.Equal(
            [3, 4, 5, 6, 7, 8, 9, 10, 11],
            [
                storage.TableCountMax, storage.ColumnCountMax, storage.TagKeyCountMax,
                storage.SeriesCountMax, storage.TableSeriesCountMax, storage.TagValueCountMax,
                storage.PendingDeleteCountMax, storage.CommitQueueCountMax, storage.CommitQueueSizeBytesMax,
            ]);
        Assert.NotNull(ServerOptionsCheck.Validate(options));
    }

    [Theory]
    [InlineData("""{"data": "x", "walFileSizeBytes": 70001}""")]
    [InlineData("""{"data": "x", "walFileSizeBytes": 8388608, "walSizeBytesMax": 4194304}""")]
    [InlineData("""{"data": "x", "compactionSizeBytesPerSecondMax": -1}""")]
    [InlineData("""{"data": "x", "lateSegmentCountMax": 0}""")]
    [InlineData("""{"data": "x", "clockToleranceSeconds": 100000}""")]
    [InlineData("""{"data": "x", "pendingDeleteCountMax": 0}""")]
    [InlineData("""{"data": "x", "scrubSizeBytesPerSecondMax": -1}""")]
    [InlineData("""{"data": "x", "scrubPeriodSeconds": 0}""")]
    [InlineData("""{"data": "x", "queryRowCountMax": 0}""")]
    [InlineData("""{"data": "x", "seriesCountMax": 0}""")]
    [InlineData("""{"data": "x", "memoryLimit": "100M"}""")]
    [InlineData("""{"data": "x", "rollupSeconds": 0}""")]
    public void Sizes_that_cannot_work_are_refused(string text)
    {
        ServerOptions options = Read(text);
        Assert.Throws<ServerOptionsException>(() => ServerOptionsCheck.Validate(options));
    }

    [Theory]
    [InlineData("""{"data": "x", "erasureDeadlineSeconds": -1}""")]
    [InlineData("""{"data": "x", "erasureDeadlineSeconds": 1e300}""")]
    public void Spans_of_time_that_are_none_are_refused(string text) =>
        Assert.Throws<ServerOptionsException>(() => Read(text));

    private static ServerOptions Read(string text)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, text);
            return ConfigFile.Read(path).ToOptions(null);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
