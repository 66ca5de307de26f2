namespace Tsdb.Simulation.Histories;

/// <summary>What a random history looks like; drawn from its seed, so that histories differ in
/// kind.</summary>
internal sealed class HistoryProfile
{
    public HistoryProfile(Random random)
    {
        bool isLong = random.Next(8) == 0;
        TableCount = isLong ? 1 : random.Next(1, 4);
        SeriesCount = isLong ? random.Next(1, 3) : random.Next(1, 6);
        PresenceRatio = Pick(random, [1, 1, 0.8, 0.3]);
        QualityRatio = Pick(random, [0, 0, 0.05, 0.4]);
        PatchRatio = Pick(random, [0, 0.05, 0.3]);
        NullRatio = Pick(random, [0, 0.05, 0.2]);
        RowCellRatio = Pick(random, [0, 0, 0.3]);
        ConflictRatio = Pick(random, [0, 0, 0.02]);
        LateRatio = Pick(random, [0, 0.1, 0.5]);
        RepeatRatio = Pick(random, [0, 0.1, 0.4]);
        ExtremeRatio = Pick(random, [0, 0, 0.02]);
        StepNs = (long)Pick(random, [1, 1e6, 1e9, 60e9, 7200e9]);
        RowCountMax = isLong ? 800 : 40;
    }

    public int TableCount { get; }

    public int SeriesCount { get; }

    /// <summary>How often a row has a cell of a column.</summary>
    public double PresenceRatio { get; }

    /// <summary>How often something is said of a value in the row that brings it.</summary>
    public double QualityRatio { get; }

    /// <summary>How often a row says something of earlier values only.</summary>
    public double PatchRatio { get; }

    /// <summary>How often a value is an explicit null.</summary>
    public double NullRatio { get; }

    /// <summary>How often a row has cells of its own.</summary>
    public double RowCellRatio { get; }

    /// <summary>How often a row has a cell that does not fit its column.</summary>
    public double ConflictRatio { get; }

    public double LateRatio { get; }

    /// <summary>How often a row's time is one that was there before.</summary>
    public double RepeatRatio { get; }

    /// <summary>How often a row's time is at an end of what a timestamp can say.</summary>
    public double ExtremeRatio { get; }

    public long StepNs { get; }

    public int RowCountMax { get; }

    private static double Pick(Random random, double[] choices) => choices[random.Next(choices.Length)];
}
