using Tsdb.Faults;

namespace Tsdb.Simulation.Seeded;

/// <summary>What goes wrong with the device between two starts of a database.</summary>
internal sealed class FaultPlan(Random random, HistoryTally tally)
{
    private const int CallCountMax = 250;

    /// <summary>Whether a call may have failed since the last start.</summary>
    public bool IsArmed { get; private set; }

    /// <summary>Whether all calls of a kind fail at the moment.</summary>
    public bool IsPeriod { get; private set; }

    /// <summary>Draws the faults of the time up to the next start, which may be within the start.</summary>
    public void Arm(SimulatedStorageDevice device)
    {
        IsArmed = false;
        IsPeriod = false;
        device.KeepsUnsyncedReadable = random.Next(2) == 0;
        long call = device.CallCount + 1 + random.Next(random.Next(3) == 0 ? 40 : CallCountMax);
        InjectedFault? fault = random.Next(8) switch
        {
            0 or 1 => InjectedFault.PowerCut,
            2 => InjectedFault.IoError,
            3 => InjectedFault.ShortWrite,
            4 => InjectedFault.OutOfSpace,
            _ => null,
        };
        if (fault is { } found)
        {
            device.FailCall(call, found);
            IsArmed = true;
        }
    }

    /// <summary>Has a period begin in which a kind of call fails.</summary>
    public void BeginPeriod(SimulatedStorageDevice device)
    {
        IsArmed = true;
        IsPeriod = true;
        bool isFull = random.Next(2) == 0;
        tally.Note(isFull ? HistoryEvent.FullDisk : HistoryEvent.FailingSyncs);
        device.Rule = isFull
            ? static (operation, _) => operation is DeviceOperation.Create or DeviceOperation.SetLength
                or DeviceOperation.Write ? InjectedFault.OutOfSpace : null
            : static (operation, _) => operation is DeviceOperation.SyncData or DeviceOperation.SyncDirectory
                ? InjectedFault.IoError : null;
    }

    /// <summary>Ends such a period.</summary>
    public void EndPeriod(SimulatedStorageDevice device)
    {
        IsPeriod = false;
        device.Rule = null;
    }
}
