using Tsdb.Core;
using Tsdb.Storage.Catalogs;

namespace Tsdb.Storage.Expiry;

/// <summary>From when on rows are kept, at one moment. Immutable.</summary>
/// <param name="NowNs">What time it is for rows' time to live; null: nobody knows, all is kept.</param>
internal readonly record struct ExpiryCut(long? NowNs)
{
    /// <summary>The earliest time of a table's rows that are kept; the smallest number when all
    /// are.</summary>
    public long FindKeptFromNs(TableOptions options) =>
        NowNs is { } nowNs && options.Ttl is { } ttl
        ? (long)Int128.Max(nowNs - ((Int128)ttl.Ticks * TimeSpan.NanosecondsPerTick), long.MinValue)
        : long.MinValue;

    /// <summary>The times of a table's rows that are gone; empty when none are. All of a dropped
    /// table's.</summary>
    public TimeRange FindGone(TableState table) => table.IsDropped
        ? TimeRange.All
        : new TimeRange(long.MinValue, FindKeptFromNs(table.Schema.Options));

    /// <summary>The part of a range whose rows are kept.</summary>
    public TimeRange Keep(TableOptions options, TimeRange range)
    {
        long keptFromNs = FindKeptFromNs(options);
        return keptFromNs <= range.FromNs
            ? range
            : new TimeRange(Math.Min(keptFromNs, range.ToNs), range.ToNs);
    }
}
