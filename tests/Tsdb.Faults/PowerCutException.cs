namespace Tsdb.Faults;

/// <summary>The simulated machine has lost power; only <see cref="SimulatedStorageDevice.Recover"/> goes
/// on.</summary>
public sealed class PowerCutException() : Exception("The simulated power is cut.");
