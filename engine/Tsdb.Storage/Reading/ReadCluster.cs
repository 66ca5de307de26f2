namespace Tsdb.Storage.Reading;

/// <summary>Units that overlap in time, directly or through others; clusters never overlap.</summary>
/// <param name="FirstUnit">Index of its first unit.</param>
/// <param name="UnitCount">How many.</param>
internal readonly record struct ReadCluster(int FirstUnit, int UnitCount);
