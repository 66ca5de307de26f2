namespace Tsdb.Simulation.Seeded;

/// <summary>How often each event happened.</summary>
/// <remarks>Adding one to another is thread safe.</remarks>
internal sealed class HistoryTally
{
    private readonly long[] _counts = new long[Enum.GetValues<HistoryEvent>().Length];

    public long this[HistoryEvent found] => Volatile.Read(ref _counts[(int)found]);

    public void Note(HistoryEvent found, long count = 1) => Interlocked.Add(ref _counts[(int)found], count);

    public void Add(HistoryTally other)
    {
        for (int i = 0; i < _counts.Length; i++)
        {
            Note((HistoryEvent)i, other._counts[i]);
        }
    }

    /// <summary>"3 PowerCut, 4 Flush, …".</summary>
    public override string ToString() =>
        string.Join(", ", Enum.GetValues<HistoryEvent>().Select(found => $"{this[found]} {found}"));
}
