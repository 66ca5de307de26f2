using Tsdb.Core;
using Tsdb.Engine;
using Tsdb.Storage;

namespace Tsdb.Server.Telemetry;

/// <summary>What the databases count, one label a database.</summary>
internal static class StorageMetrics
{
    private static readonly StorageMetric[] _metrics =
    [
        new("tsdb_storage_rows_total", "counter", "Rows logged.", static s => s.RowsCommitted),
        new("tsdb_wal_commits_total", "counter", "Frames logged.", static s => s.CommitCount),
        new("tsdb_wal_batches_total", "counter", "Batches in them.", static s => s.BatchCount),
        new("tsdb_wal_written_bytes_total", "counter", "Bytes logged.", static s => s.WalBytesWritten),
        new("tsdb_wal_bytes", "gauge", "Log that a recovery would read.", static s => s.WalSizeBytes),
        new("tsdb_device_free_bytes", "gauge", "Free on the device.", static s => s.DeviceFreeSizeBytes),
        new("tsdb_memtable_bytes", "gauge", "Memory of the memtable.", static s => s.MemtableSizeBytes),
        new("tsdb_segments", "gauge", "Live segment files.", static s => s.SegmentCount),
        new("tsdb_segment_bytes", "gauge", "Bytes in segments.", static s => s.SegmentSizeBytes),
        new("tsdb_segment_points", "gauge", "Values in segments.", static s => s.SegmentPointCount),
        new("tsdb_flushes_total", "counter", "Flushes.", static s => s.FlushCount),
        new("tsdb_wal_device_bytes_total", "counter", "Log written, padding included.",
            static s => s.Writes.WalSizeBytes),
        new("tsdb_wal_spare_bytes_total", "counter", "Zeros of log files made ready.",
            static s => s.Writes.WalSparesSizeBytes),
        new("tsdb_segment_device_bytes_total", "counter", "Segments written, unfinished ones included.",
            static s => s.Writes.SegmentSizeBytes),
        new("tsdb_other_device_bytes_total", "counter", "Manifest and catalogue written.",
            static s => s.Writes.OtherSizeBytes),
        new("tsdb_flush_written_bytes_total", "counter", "Segments written by flushes.",
            static s => s.Writes.FlushSizeBytes),
        new("tsdb_compactions_total", "counter", "Merges.", static s => s.Compaction.MergeCount),
        new("tsdb_compactions_cancelled_total", "counter", "Merges stopped on the way.",
            static s => s.Compaction.CancelledCount),
        new("tsdb_compaction_read_bytes_total", "counter", "Segments merged.",
            static s => s.Compaction.ReadSizeBytes),
        new("tsdb_compaction_written_bytes_total", "counter", "Segments written by merges.",
            static s => s.Compaction.WrittenSizeBytes),
        new("tsdb_compaction_late_written_bytes_total", "counter", "Of these, late runs put together.",
            static s => s.Compaction.WrittenSizeBytesByLevel[0]),
        new("tsdb_compaction_window_written_bytes_total", "counter", "Windows in their final form.",
            static s => s.Compaction.WrittenSizeBytesByLevel[1]),
        new("tsdb_compaction_longer_written_bytes_total", "counter", "Windows put together.",
            static s => s.Compaction.WrittenSizeBytesByLevel[2]),
        new("tsdb_compaction_queue", "gauge", "Merges due.", static s => s.Compaction.QueuedCount),
        new("tsdb_compaction_debt_bytes", "gauge", "What they will read.",
            static s => s.Compaction.QueuedSizeBytes),
        new("tsdb_compaction_current_bytes", "gauge", "What the merge under way reads.",
            static s => s.Compaction.CurrentSizeBytes),
        new("tsdb_compaction_current_done_bytes", "gauge", "How much of it is dealt with.",
            static s => s.Compaction.CurrentDoneSizeBytes),
        new("tsdb_compaction_failed_shards", "gauge", "Shards whose last merge failed.",
            static s => s.Compaction.Failures.Count),
        new("tsdb_scrub_passes_total", "counter", "Passes that verified all segments.",
            static s => s.Scrub.PassCount),
        new("tsdb_scrub_read_bytes_total", "counter", "Bytes verified in the background.",
            static s => s.Scrub.ReadSizeBytes),
        new("tsdb_scrub_rereads_total", "counter", "Parts that failed and were read again.",
            static s => s.Scrub.RereadCount),
        new("tsdb_scrub_rebuilt_total", "counter", "Damaged rollups that were built anew.",
            static s => s.Scrub.RebuiltCount),
        new("tsdb_damaged_parts", "gauge", "Parts of segments that cannot be read, whole ones too.",
            static s => s.Damages.Count + s.DamagedSegments.Count),
        new("tsdb_segments_dropped_total", "counter", "Segments dropped as expired or of dropped tables.",
            static s => s.DroppedSegmentCount),
        new("tsdb_segment_dropped_bytes_total", "counter", "Bytes of them.",
            static s => s.DroppedSegmentSizeBytes),
        new("tsdb_deletes_pending", "gauge", "Deletes not carried out in all files.",
            static s => s.PendingDeleteCount),
        new("tsdb_erasure_pending_bytes", "gauge", "Segments that hold deleted rows.",
            static s => s.Compaction.DeletedSizeBytes),
        new("tsdb_expiry_pending_bytes", "gauge", "Segments that hold expired rows.",
            static s => s.Compaction.ExpiredSizeBytes),
        new("tsdb_erasure_deadline_seconds", "gauge", "Unix time of the oldest delete's; 0 without one.",
            static s => SecondsOf(s.OldestErasureDeadline)),
        new("tsdb_event_time_seconds", "gauge", "Unix time by which rows expire; 0 when not known.",
            static s => SecondsOf(s.EventTime)),
        new("tsdb_tables", "gauge", "Tables.", static s => s.TableCount),
        new("tsdb_series", "gauge", "Series.", static s => s.SeriesCount),
        new("tsdb_series_last_hour", "gauge", "Series new in the last hour.", static s => s.NewSeriesCount),
        new("tsdb_tag_values", "gauge", "Distinct tag values.", static s => s.TagValueCount),
        new("tsdb_series_refused_total", "counter", "Rows beyond a limit.", static s => s.SeriesRefusalCount),
        new("tsdb_catalog_bytes", "gauge", "Memory of tags, series.", static s => s.CatalogMemoryBytes),
        new("tsdb_read_only", "gauge", "1 when read-only.", static s => s.ReadOnlyReason is null ? 0 : 1),
    ];

    public static void Render(PrometheusText text, IReadOnlyList<Database> databases)
    {
        (string Labels, StorageStatistics Statistics)[] all =
            [.. databases.Select(d => ($"database=\"{d.Name}\"", d.Storage.GetStatistics()))];
        foreach ((string name, string type, string help, Func<StorageStatistics, double> read) in _metrics)
        {
            text.Metric(name, type, help);
            foreach ((string labels, StorageStatistics statistics) in all)
            {
                text.Sample(name, read(statistics), labels);
            }
        }

        double[] bounds = [.. CommitLatencies.BoundsMs.Select(static ms => ms / 1000)];
        text.Metric("tsdb_commit_seconds", "histogram", "Time to log and sync one frame.");
        foreach ((string labels, StorageStatistics statistics) in all)
        {
            text.Histogram(
                "tsdb_commit_seconds",
                bounds,
                statistics.CommitLatencies.Counts,
                statistics.CommitTime.TotalSeconds,
                labels);
        }
    }

    /// <summary>The same numbers by name, for the admin service.</summary>
    public static IEnumerable<(string Name, long Value)> ToCounters(StorageStatistics statistics) =>
        _metrics.Select(metric => (metric.Name["tsdb_".Length..], (long)metric.Read(statistics)));

    private static double SecondsOf(Timestamp? time) => (time?.UnixNs ?? 0) / 1e9;

    private sealed record StorageMetric(
        string Name, string Type, string Help, Func<StorageStatistics, double> Read);
}
