using Tsdb.Core;
using Tsdb.Engine;

namespace Tsdb.Server.Telemetry;

/// <summary>How far the archives of the logs are behind, one label a database.</summary>
internal static class ArchiveMetrics
{
    public static void Render(PrometheusText text, IReadOnlyList<Database> databases, TimeProvider clock)
    {
        Database[] archived = [.. databases.Where(static database => database.Archive is not null)];
        if (archived.Length == 0)
        {
            return;
        }

        double nowNs = Timestamp.Now(clock).UnixNs;
        Render("tsdb_archive_lag_seconds", "Age of the last moment that can be restored.", Lag);
        Render("tsdb_archive_unarchived_frames", "Durable frames not archived.",
            static archive => archive.Status?.UnarchivedFrameCount ?? 0);
        Render("tsdb_archive_held_bytes", "Log files kept for the archive only.",
            static archive => archive.HeldSizeBytes);
        Render("tsdb_archive_failing", "1 when the last try failed.",
            static archive => archive.Failure is null ? 0 : 1);
        Render("tsdb_archive_broken", "1 when frames are missing and no backup was made since.",
            static archive => archive.Status?.Gap is null ? 0 : 1);
        Render("tsdb_archive_damaged", "1 when that is because the log is damaged.",
            static archive => archive.Status?.Damage is null ? 0 : 1);

        double Lag(DatabaseArchive archive) => archive.Status is { UntilNs: > 0 and long untilNs }
            ? Math.Max(0, nowNs - untilNs) / Timestamp.NsPerSecond
            : double.PositiveInfinity;

        void Render(string name, string help, Func<DatabaseArchive, double> read)
        {
            text.Metric(name, "gauge", help);
            foreach (Database database in archived)
            {
                text.Sample(name, read(database.Archive!), $"database=\"{database.Name}\"");
            }
        }
    }
}
