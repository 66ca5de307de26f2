namespace Tsdb.Simulation.Seeded;

/// <summary>What came of one history.</summary>
/// <param name="CallHash">Of all calls to the device, in order.</param>
/// <param name="CutCount">Power cuts.</param>
/// <param name="FaultCount">Calls that failed otherwise, and flipped bits.</param>
/// <param name="StepCount">Steps of workers since the last start.</param>
internal readonly record struct HistoryResult(ulong CallHash, int CutCount, int FaultCount, long StepCount);
