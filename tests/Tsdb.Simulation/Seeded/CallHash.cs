using Tsdb.Faults;

namespace Tsdb.Simulation.Seeded;

/// <summary>A hash (FNV-1a) over all calls to devices: two runs that did the same have the same.</summary>
internal sealed class CallHash
{
    private const ulong Prime = 0x100_0000_01B3;

    public ulong Value { get; private set; } = 0xCBF2_9CE4_8422_2325;

    public void Add(SimulatedStorageDevice device)
    {
        foreach (DeviceCall call in device.Calls)
        {
            Add((ulong)call.Operation);
            Add((ulong)call.OffsetBytes);
            Add((ulong)call.SizeBytes);
            Add(call.Succeeded ? 1UL : 0);
            foreach (char character in call.Path)
            {
                Add(character);
            }
        }
    }

    private void Add(ulong value) => Value = unchecked((Value ^ value) * Prime);
}
