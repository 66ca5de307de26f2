namespace Tsdb.Faults;

/// <summary>One call of the device's log. Calls are numbered from 1.</summary>
public readonly record struct DeviceCall(
    long Number, DeviceOperation Operation, string Path, long OffsetBytes, long SizeBytes, bool Succeeded)
{
    /// <summary>What went wrong, if anything.</summary>
    public InjectedFault? Fault { get; init; }
}
