using System.Globalization;
using Tsdb.Faults;
using Tsdb.Simulation.Histories;

namespace Tsdb.Simulation.Crashes;

/// <summary>
/// The power goes at every storage call of a short history of writes, flushes, merges and restarts, and at
/// every call of the recovery after it. <c>TSDB_CUT_STEP=1</c> takes every call, as <c>./test.sh --long
/// cuts</c> does.
/// </summary>
public sealed class PowerCutTests
{
    private const int RecoverySeedCount = 4;

    private static int StepOf(int usual) => int.Parse(
        Environment.GetEnvironmentVariable("TSDB_CUT_STEP") ?? $"{usual}", CultureInfo.InvariantCulture);

    public static TheoryData<int> SeedData => [.. Seeds.First(4)];

    [Theory]
    [MemberData(nameof(SeedData))]
    public async Task A_power_cut_at_any_call_loses_nothing_acknowledged_and_invents_nothing(int seed)
    {
        int step = StepOf(9);
        long cutCount = 0;
        for (long call = 1 + (seed % step); ; call += step)
        {
            CrashHistory history = new(seed);
            SimulatedStorageDevice device = await RunCutAsync(history, call);
            if (device.CallCount < call)
            {
                break;
            }

            cutCount++;
            for (int recovery = 0; recovery < RecoverySeedCount; recovery++)
            {
                int recoverySeed = (int)(call * RecoverySeedCount) + recovery;
                await history.CheckAsync(
                    new PoweredDevice(device.Recover(recoverySeed)),
                    $"seed {seed}, cut at call {call}, recovery seed {recoverySeed}");
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{cutCount} cuts, {RecoverySeedCount} recoveries each");
        Assert.True(cutCount > 10);
    }

    [Theory]
    [MemberData(nameof(SeedData))]
    public async Task A_power_cut_at_any_call_of_a_recovery_does_no_harm(int seed)
    {
        int step = StepOf(11);
        int outerStep = step * 9;
        long cutCount = 0;
        for (long call = 20 + seed; ; call += outerStep)
        {
            CrashHistory history = new(seed);
            SimulatedStorageDevice device = await RunCutAsync(history, call);
            if (device.CallCount < call)
            {
                break;
            }

            for (long second = 1 + (call % step); ; second += step)
            {
                SimulatedStorageDevice recovered = device.Recover((int)call);
                recovered.FailCall(second, InjectedFault.PowerCut);
                await history.RecoverAsync(new PoweredDevice(recovered));
                if (recovered.CallCount < second)
                {
                    break;
                }

                cutCount++;
                int recoverySeed = (int)(call + second);
                await history.CheckAsync(
                    new PoweredDevice(recovered.Recover(recoverySeed)),
                    $"seed {seed}, cut at call {call}, then {second}, recovery seeds {call} {recoverySeed}");
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{cutCount} cuts of recoveries");
        Assert.True(cutCount > 10);
    }

    private static async Task<SimulatedStorageDevice> RunCutAsync(CrashHistory history, long call)
    {
        SimulatedStorageDevice device = new();
        device.FailCall(call, InjectedFault.PowerCut);
        await history.RunAsync(new PoweredDevice(device), TestContext.Current.CancellationToken);
        return device;
    }
}
