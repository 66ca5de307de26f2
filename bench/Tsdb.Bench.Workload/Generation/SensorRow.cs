namespace Tsdb.Bench.Workload.Generation;

/// <summary>Takes one row of workload B.</summary>
internal delegate void SensorRow(int sensor, long timestampMs, double value);
