using Tsdb.Core;
using Tsdb.Storage.Wal;

namespace Tsdb.Storage.Recovery;

/// <summary>Gathers what is wrong with an open database.</summary>
internal static class FaultReader
{
    public static IReadOnlyList<StorageFault> Read(
        OpenedStorage parts, StorageClosedException? logFailure)
    {
        List<StorageFault> faults = [];
        if (parts.Recovered.Replay.Failure is { } replay)
        {
            faults.Add(new StorageFault("replay_failed", replay.Message, RefusesWrites: true));
        }

        if (logFailure is { } log)
        {
            faults.Add(new StorageFault("log_failed", log.Message, RefusesWrites: true));
        }

        if (parts.Space.Refusal is { } full)
        {
            faults.Add(new StorageFault("disk_full", full, RefusesWrites: true));
        }

        if (parts.Flushes.Failure is { } flush)
        {
            faults.Add(new StorageFault("flush_failed", flush.Message, RefusesWrites: false));
        }

        foreach (WalLostRange lost in parts.Recovered.Replay.LostRanges)
        {
            faults.Add(new StorageFault("log_lost", $"the log has lost {lost}", RefusesWrites: false));
        }

        if (parts.Log.GivenUpLsn > 0)
        {
            faults.Add(new StorageFault(
                "archive_broken",
                $"neither the archive nor a backup has all frames up to LSN {parts.Log.GivenUpLsn}: a "
                + "restore beyond them needs a new backup",
                RefusesWrites: false));
        }

        foreach (DamagedSegment segment in parts.Versions.Damaged)
        {
            faults.Add(new StorageFault("segment_damaged", segment.Cause.Message, RefusesWrites: false));
        }

        foreach (IGrouping<string, SegmentDamage> file in
            parts.Damages.GroupBy(static part => part.Path, StringComparer.Ordinal))
        {
            faults.Add(new StorageFault("segment_damaged", Describe([.. file]), RefusesWrites: false));
        }

        return faults;
    }

    private static string Describe(SegmentDamage[] parts)
    {
        Timestamp first = new(parts.Min(static part => part.FirstTimestampNs));
        Timestamp last = new(parts.Max(static part => part.LastTimestampNs));
        return $"{parts[0].Message}; {parts.Length} damaged parts, {parts.Sum(static part => part.RowCount)} "
            + $"rows from {first} to {last}";
    }
}
