using System.Globalization;
using Tsdb.Faults;
using Tsdb.Simulation.Histories;

namespace Tsdb.Simulation.Crashes;

/// <summary>One storage call fails, the process lives on: what was acknowledged stays, whoever asks is
/// told.</summary>
public sealed class FailedCallTests
{
    public static TheoryData<int, InjectedFault, bool> Cases => new(
        from seed in Seeds.First(2)
        from fault in new[] { InjectedFault.IoError, InjectedFault.OutOfSpace, InjectedFault.ShortWrite }
        from keepsReadable in new[] { false, true }
        where fault == InjectedFault.IoError || !keepsReadable
        select (seed, fault, keepsReadable));

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_failed_call_loses_nothing_acknowledged(
        int seed, InjectedFault fault, bool keepsReadable)
    {
        int step = int.Parse(
            Environment.GetEnvironmentVariable("TSDB_CUT_STEP") ?? "17", CultureInfo.InvariantCulture);
        long callCount = 0;
        for (long call = 1 + (seed % step); ; call += step)
        {
            CrashHistory history = new(seed);
            SimulatedStorageDevice device = new() { KeepsUnsyncedReadable = keepsReadable };
            device.FailCall(call, fault);
            await history.RunAsync(new PoweredDevice(device), TestContext.Current.CancellationToken);
            if (device.CallCount < call)
            {
                break;
            }

            callCount++;
            string place = $"seed {seed}, {fault} at call {call}, {device.Calls[(int)call - 1]}";
            PoweredDevice recovered = new(device.Recover((int)call));
            await history.CheckAsync(recovered, $"{place}, then a power cut");
            await history.CheckAsync(new PoweredDevice(device), place);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{callCount} failed calls");
        Assert.True(callCount > 10);
    }
}
