namespace Tsdb.Bench.Workload.Tiers;

/// <summary>The scale of <c>workload rollups</c>.</summary>
internal sealed class TierOptions
{
    public TierOptions(Arguments arguments)
    {
        HostCount = PositiveOf(arguments, "hosts", 20);
        StepCount = PositiveOf(arguments, "steps", 60_480);
        RoundCount = PositiveOf(arguments, "rounds", 2);
        RepeatCount = PositiveOf(arguments, "repeats", 5);
        MemtableMebibytes = PositiveOf(arguments, "memtable", 16);
        Name = arguments.Text("name", "");
    }

    public int HostCount { get; }

    /// <summary>Of ten seconds each; a week, when nothing else is said.</summary>
    public int StepCount { get; }

    /// <summary>Loads without tiers, and as many with them.</summary>
    public int RoundCount { get; }

    /// <summary>Times that each query is asked at least.</summary>
    public int RepeatCount { get; }

    /// <summary>Small, so that there is something to build tiers from while rows come.</summary>
    public int MemtableMebibytes { get; }

    /// <summary>Of the page; empty for none.</summary>
    public string Name { get; }

    private static int PositiveOf(Arguments arguments, string name, int fallback)
    {
        int number = arguments.Number(name, fallback);
        return number > 0 ? number : throw new ArgumentException($"--{name} must be 1 or more, not {number}");
    }
}
