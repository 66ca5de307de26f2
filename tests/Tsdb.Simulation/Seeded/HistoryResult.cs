namespace Tsdb.Simulation.Seeded;

/// <summary>What came of one history.</summary>
/// <param name="CallHash">Of all calls to the device, in order.</param>
/// <param name="Tally">What happened in it.</param>
internal readonly record struct HistoryResult(ulong CallHash, HistoryTally Tally);
