using System.Globalization;

namespace Tsdb.Query.Tests;

/// <summary>A random aggregate query, as SQL and as what it means, spelt out naively over rows.</summary>
internal sealed class RandomQuery
{
    private static readonly long[] _everyNs =
        [10_000_000_000, 60_000_000_000, 300_000_000_000, 3_600_000_000_000, 86_400_000_000_000];

    private readonly List<Func<RandomRow, bool>> _conditions = [];
    private readonly List<Func<RandomRow, string>> _keys = [];
    private readonly List<string> _where = [];
    private readonly List<string> _keySql = [];

    public RandomQuery(Random random)
    {
        AddTime(random);
        AddTags(random);
        AddFields(random);
        AddKeys(random);
        string keys = string.Join(", ", _keySql);
        string where = _where.Count == 0 ? "" : $" WHERE {string.Join(" AND ", _where)}";
        Sql = "SELECT " + keys + (keys.Length == 0 ? "" : ", ")
            + "count(*), count(x), sum(n), min(x), max(n), avg(x), avg(n), first(n), last(x), "
            + "stddev_pop(x), sum(n + 1)"
            + " FROM t" + where + (keys.Length == 0 ? "" : $" GROUP BY {keys}");
    }

    public string Sql { get; }

    /// <summary>The answer: group key, then outcomes; sorted.</summary>
    public List<string> Evaluate(IEnumerable<RandomRow> rows)
    {
        List<RandomRow> passed = [.. rows.Where(row => _conditions.TrueForAll(condition => condition(row)))];
        List<string> answer = [.. passed
            .GroupBy(row => string.Join('|', _keys.Select(key => key(row))))
            .Select(group => Aggregate(group.Key, [.. group]))];
        if (_keys.Count == 0 && answer.Count == 0)
        {
            answer.Add(Aggregate("", []));
        }

        answer.Sort(StringComparer.Ordinal);
        return answer;
    }

    /// <summary>Whether two cells say the same: sums in another order differ in their last digits.</summary>
    public static bool IsSame(string left, string right) =>
        left == right
        || (double.TryParse(left, CultureInfo.InvariantCulture, out double a)
            && double.TryParse(right, CultureInfo.InvariantCulture, out double b)
            && Math.Abs(a - b) <= 1e-9 * Math.Max(1, Math.Abs(a)));

    private static string Text(double? value) =>
        value?.ToString("R", CultureInfo.InvariantCulture) ?? "NULL";

    private static string Text(long? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "NULL";

    private static string Aggregate(string key, List<RandomRow> rows)
    {
        List<double> x = [.. rows.Where(row => row.X is not null).Select(row => row.X!.Value)];
        List<RandomRow> n = [.. rows.Where(row => row.N is not null)];

        // Of several rows at one time the least word wins: for these numbers, the least as unsigned bits.
        RandomRow? first = n.OrderBy(row => row.TimestampNs).ThenBy(
            row => (ulong)row.N!.Value).FirstOrDefault();
        RandomRow? last = rows.Where(row => row.X is not null).OrderByDescending(row => row.TimestampNs)
            .ThenBy(row => BitConverter.DoubleToUInt64Bits(row.X!.Value)).FirstOrDefault();
        double mean = x.Count == 0 ? 0 : x.Average();
        string[] cells =
        [
            Text(rows.Count), Text(x.Count), Text(n.Count == 0 ? null : n.Sum(row => row.N)),
            Text(x.Count == 0 ? null : x.Min()), Text(n.Count == 0 ? null : n.Max(row => row.N)),
            Text(x.Count == 0 ? null : mean),
            Text(n.Count == 0 ? null : (double)n.Sum(row => row.N)!.Value / n.Count),
            Text(first?.N), Text(last?.X),
            Text(x.Count == 0 ? null : Math.Sqrt(x.Sum(value => (value - mean) * (value - mean)) / x.Count)),
            Text(n.Count == 0 ? null : n.Sum(row => row.N) + n.Count),
        ];
        return (key.Length == 0 ? "" : key + "|") + string.Join('|', cells);
    }

    private void AddTime(Random random)
    {
        if (random.Next(2) == 0)
        {
            long fromNs = random.NextInt64(30_000_000_000_000);
            _where.Add($"ts >= {fromNs}");
            _conditions.Add(row => row.TimestampNs >= fromNs);
        }

        if (random.Next(2) == 0)
        {
            long toNs = random.NextInt64(60_000_000_000_000);
            _where.Add($"ts < {toNs}");
            _conditions.Add(row => row.TimestampNs < toNs);
        }
    }

    private void AddTags(Random random)
    {
        switch (random.Next(6))
        {
            case 0:
                _where.Add("region = 'r1'");
                _conditions.Add(row => row.Region == "r1");
                break;
            case 1:
                _where.Add("host IN ('h0', 'h3', 'h5', 'none')");
                _conditions.Add(row => row.Host is "h0" or "h3" or "h5");
                break;
            case 2:
                _where.Add("region <> 'r0'");
                _conditions.Add(row => row.Region is not null and not "r0");
                break;
            case 3:
                _where.Add("(host LIKE '%2' OR region IS NULL)");
                _conditions.Add(row => row.Host.EndsWith('2') || row.Region is null);
                break;
        }
    }

    private void AddFields(Random random)
    {
        if (random.Next(3) == 0)
        {
            double limit = random.Next(300, 700) / 10.0;
            _where.Add(string.Create(CultureInfo.InvariantCulture, $"x > {limit}"));
            _conditions.Add(row => row.X > limit);
        }

        if (random.Next(4) == 0)
        {
            int limit = random.Next(-900, 900);
            _where.Add($"NOT n < {limit}");
            _conditions.Add(row => row.N >= limit);
        }
    }

    private void AddKeys(Random random)
    {
        if (random.Next(2) == 0)
        {
            long everyNs = _everyNs[random.Next(_everyNs.Length)];
            _keySql.Add($"time_bucket('{everyNs / 1_000_000_000}s', ts)");
            _keys.Add(row => new Core.Timestamp(row.TimestampNs / everyNs * everyNs).ToString()
                .Replace(".000000000Z", "Z", StringComparison.Ordinal));
        }

        if (random.Next(2) == 0)
        {
            _keySql.Add("region");
            _keys.Add(row => row.Region ?? "NULL");
        }

        if (random.Next(3) == 0)
        {
            _keySql.Add("host");
            _keys.Add(row => row.Host);
        }

        if (random.Next(5) == 0)
        {
            _keySql.Add("n % 2 = 0");
            _keys.Add(row => row.N is { } n ? (n % 2 == 0 ? "true" : "false") : "NULL");
        }
    }
}
