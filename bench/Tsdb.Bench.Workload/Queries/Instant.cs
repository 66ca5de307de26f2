namespace Tsdb.Bench.Workload.Queries;

/// <summary>A point in time, in nanoseconds since 1970.</summary>
internal readonly record struct Instant(long Ns) : IComparable<Instant>, IComparable
{
    /// <summary>Reads RFC 3339 in UTC with up to nine decimals, as servers write it.</summary>
    public static Instant Parse(string text)
    {
        int point = text.IndexOf('.', StringComparison.Ordinal);
        string seconds = point < 0 ? text.TrimEnd('Z') : text[..point];
        string decimals = point < 0 ? "" : text[(point + 1)..].TrimEnd('Z');
        DateTime time = DateTime.SpecifyKind(
            DateTime.ParseExact(seconds.Replace(' ', 'T'), "yyyy-MM-dd'T'HH:mm:ss", null), DateTimeKind.Utc);
        return new Instant(Of(time).Ns + long.Parse(decimals.PadRight(9, '0'), null));
    }

    public static Instant Of(DateTime time) => new((time.Ticks - DateTime.UnixEpoch.Ticks) * 100);

    public int CompareTo(Instant other) => Ns.CompareTo(other.Ns);

    public int CompareTo(object? obj) => obj is Instant other ? CompareTo(other) : 1;

    public override string ToString() => $"{Ns} ns";
}
