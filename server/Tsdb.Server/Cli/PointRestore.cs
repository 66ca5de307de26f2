using System.Globalization;
using Tsdb.Core;
using Tsdb.Storage.Archives;
using Tsdb.Storage.Backups;
using Tsdb.Storage.Devices;

namespace Tsdb.Server.Cli;

/// <summary><c>tsdb restore --until</c>: a backup, and the archived log behind it.</summary>
internal static class PointRestore
{
    private const string End = "end";

    /// <exception cref="ArgumentException">The time is none.</exception>
    public static RestorePoint Parse(string? until, ulong? untilLsn)
    {
        if (until is null or End)
        {
            return new RestorePoint(null, untilLsn);
        }

        bool isTime = DateTimeOffset.TryParse(
            until,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out DateTimeOffset time);
        return isTime
            ? new RestorePoint(Timestamp.From(time).UnixNs, untilLsn)
            : throw new ArgumentException(
                $"--until: '{until}' is no time, as 2026-11-22T10:00:00Z, nor 'end'");
    }

    public static async Task<int> RunAsync(
        BackupStore store,
        RestorePoint point,
        string path,
        BackupTerminal terminal,
        CancellationToken cancellation)
    {
        using LocalStorageDevice device = LocalStorageDevice.Open(path);
        RestoreReport report = await new PointInTimeRestore(store).RunAsync(
            point,
            device,
            progress => terminal.Show(
                "restore", progress.DoneCount, progress.TotalCount, progress.MovedSizeBytes),
            cancellation);
        await Console.Out.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Backup.Id}\tlast commit {BackupTerminal.TimeOf(report.LastCommitNs)}\t"
            + $"lsn {report.LastLsn}\t{report.FrameCount} frames, {report.RowCount} rows and "
            + $"{report.DeleteCount} deletes of the log\t"
            + $"checked: {report.Check.SegmentCount} segments, {report.Check.DamageCount} damaged"));
        return CommandLine.Success;
    }
}
