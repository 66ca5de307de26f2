using Tsdb.Faults;

namespace Tsdb.Simulation.Seeded;

/// <summary>A hash (FNV-1a) over all calls to devices: two runs that did the same have the same. Counts what
/// failed.</summary>
internal sealed class CallHash(HistoryTally tally)
{
    private const ulong Prime = 0x100_0000_01B3;

    public ulong Value { get; private set; } = 0xCBF2_9CE4_8422_2325;

    public void Add(SimulatedStorageDevice device)
    {
        foreach (DeviceCall call in device.Calls)
        {
            Count(call);
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

    private void Count(in DeviceCall call)
    {
        bool isSync = call.Operation is DeviceOperation.SyncData or DeviceOperation.SyncDirectory;
        switch (call.Fault)
        {
            case InjectedFault.IoError when isSync:
                tally.Note(HistoryEvent.FailedSync);
                break;
            case InjectedFault.IoError:
                tally.Note(HistoryEvent.IoError);
                break;
            case InjectedFault.OutOfSpace:
                tally.Note(HistoryEvent.OutOfSpace);
                break;
            case InjectedFault.ShortWrite when call.Operation == DeviceOperation.Write:
                tally.Note(HistoryEvent.ShortWrite);
                break;
            default:
                break;
        }
    }

    private void Add(ulong value) => Value = unchecked((Value ^ value) * Prime);
}
