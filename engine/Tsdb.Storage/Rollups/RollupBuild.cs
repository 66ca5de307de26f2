using Tsdb.Core;
using Tsdb.Storage.Devices;
using Tsdb.Storage.Flushing;
using Tsdb.Storage.Manifests;
using Tsdb.Storage.Segments;
using Tsdb.Storage.Versions;

namespace Tsdb.Storage.Rollups;

/// <summary>Writes one rollup segment and has it published.</summary>
/// <remarks>The rollup thread's.</remarks>
internal sealed class RollupBuild(IStorageDevice device, SegmentPublisher publisher)
{
    /// <summary>Builds what a job says; nothing is left behind when that fails.</summary>
    /// <param name="job">What to build.</param>
    /// <param name="version">What to read; held by the caller.</param>
    /// <param name="lsn">All rows up to it are in the version's segments, none above it.</param>
    /// <param name="dropCount">The publisher's count before the version was pinned.</param>
    /// <param name="cancellation">Looked at before each series.</param>
    public void Run(
        RollupJob job, StorageVersion version, ulong lsn, long dropCount, CancellationToken cancellation)
    {
        SeriesRollup series = new(version, job.Table, job.Rollup);
        long number = publisher.Names.Next();
        string path = SegmentNames.PathOf(number);
        bool mayBeNamed = false;
        try
        {
            SegmentIdentity identity = new(
                Guid.NewGuid(),
                number,
                job.Shard,
                version.SegmentsByShard.Count,
                job.Range,
                SegmentRole.Rollup,
                (long)lsn,
                (long)lsn);
            if (Write(job, series, path, identity, cancellation) is { } written)
            {
                RollupEntry entry = new()
                {
                    SegmentNumber = number,
                    TableId = job.Table.TableId,
                    RollupId = job.Rollup.RollupId,
                    Range = job.Range,
                    Lsn = lsn,
                    ColumnTypes = [.. job.Table.Columns.Select(static column => column.Type)],
                };
                mayBeNamed = publisher.TryPublishRollup(written, entry, dropCount);
            }
        }
        catch (ManifestFailedException)
        {
            // Whether the manifest names the file will be seen at the next start, which removes it if not.
            mayBeNamed = true;
            throw;
        }
        finally
        {
            if (!mayBeNamed && device.Exists(path))
            {
                SegmentNames.Discard(device, path);
            }
        }
    }

    private WrittenSegment? Write(
        RollupJob job,
        SeriesRollup rollup,
        string path,
        SegmentIdentity identity,
        CancellationToken cancellation)
    {
        using SegmentWriter writer = new(device, path, identity);
        int seriesCount = 0;
        foreach (SeriesId series in FindSeries(job))
        {
            cancellation.ThrowIfCancellationRequested();
            if (rollup.Build(series, job.Range))
            {
                Invariant.Holds(rollup.Rows.RowCount <= SegmentBlock.MaxRowCount);
                writer.Add(series, job.Table.TableId, rollup.Rows);
                seriesCount++;
            }
        }

        return seriesCount == 0 ? null : WrittenSegment.Complete(writer, path);
    }

    private static SortedSet<SeriesId> FindSeries(RollupJob job)
    {
        SortedSet<SeriesId> found = [];
        foreach (SegmentReader segment in job.Sources)
        {
            for (int i = 0; i < segment.SeriesCount; i++)
            {
                SeriesEntry entry = segment.GetSeries(i);
                if (entry.TableId == job.Table.TableId
                    && job.Range.Overlaps(entry.FirstTimestampNs, entry.LastTimestampNs))
                {
                    found.Add(entry.Series);
                }
            }
        }

        return found;
    }
}
