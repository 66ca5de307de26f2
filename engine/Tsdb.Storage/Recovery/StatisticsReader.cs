using Tsdb.Core;
using Tsdb.Storage.Commits;
using Tsdb.Storage.Devices;
using Tsdb.Storage.Segments;
using Tsdb.Storage.Versions;

namespace Tsdb.Storage.Recovery;

/// <summary>Gathers the counters of an open database's parts.</summary>
internal static class StatisticsReader
{
    public static StorageStatistics Read(
        OpenedStorage parts, Catalog catalog, CommitMetrics metrics, string? readOnlyReason)
    {
        StorageVersion version = parts.Versions.Acquire();
        try
        {
            SegmentReader[] segments = [.. version.SegmentsByShard.SelectMany(static list => list)];
            return new StorageStatistics(
                metrics.RowCount,
                metrics.CommitCount,
                metrics.BatchCount,
                metrics.WalBytesWritten,
                parts.Log.LiveSizeBytes,
                metrics.CommitTime,
                metrics.Latencies,
                version.Active.SizeBytes,
                segments.Length,
                segments.Sum(static segment => segment.Info.SizeBytes),
                segments.Sum(static segment => segment.Info.RowCount),
                segments.Sum(static segment => segment.Info.CellCount),
                parts.Flusher.CatalogSizeBytes,
                parts.Flusher.FlushCount,
                ReadWrites(parts, metrics),
                parts.Compactions.Statistics,
                parts.Catalog.LiveTableCount,
                parts.Catalog.SeriesCount,
                parts.Versions.Damaged,
                readOnlyReason)
            {
                TagValueCount = catalog.GetCardinality().Sum(static item => (long)item.ValueCount),
                NewSeriesCount = catalog.NewSeriesCount,
                SeriesRefusalCount = catalog.RefusalCount,
                DroppedSegmentCount = parts.Compactions.Expired.DroppedCount,
                DroppedSegmentSizeBytes = parts.Compactions.Expired.DroppedSizeBytes,
                PendingDeleteCount = version.Tombstones.Count,
                OldestPendingDelete = version.Tombstones.IsEmpty
                    ? null
                    : new Timestamp(version.Tombstones.Items[0].CreatedNs),
                OldestErasureDeadline = version.Tombstones.IsEmpty
                    ? null
                    : parts.Compactions.Expired.DeadlineOf(version.Tombstones.Items[0].CreatedNs),
                EventTime = parts.Publisher.Clock.Read() is { } knownNs ? new Timestamp(knownNs) : null,
                DeviceFreeSizeBytes = parts.Space.FreeSizeBytes,
                Damages = parts.Damages,
                Scrub = parts.ScrubStatistics,
                CatalogMemoryBytes = catalog.SizeBytes,
            };
        }
        finally
        {
            version.Release();
        }
    }

    private static WriteStatistics ReadWrites(OpenedStorage parts, CommitMetrics metrics) => new(
        parts.Device.GetWrittenSizeBytes(DeviceArea.Wal),
        parts.Device.GetWrittenSizeBytes(DeviceArea.WalSpares),
        metrics.WalBytesWritten,
        parts.Device.GetWrittenSizeBytes(DeviceArea.Segments),
        parts.Flusher.WrittenSizeBytes,
        parts.Device.GetWrittenSizeBytes(DeviceArea.Other));
}
