namespace Tsdb.Simulation.Crashes;

/// <summary>What a short history does next.</summary>
internal enum CrashStep
{
    Write,
    Delete,
    Change,
    Flush,
    Compact,
    Restart,
}
