using Tsdb.Faults;
using Tsdb.Storage.Wal;

namespace Tsdb.Storage.Tests.Wal;

/// <summary>The power goes at every call of a short history, and again at every call of the
/// recovery.</summary>
public sealed class WalPowerCutTests
{
    private const int SeedCount = 6;

    [Theory]
    [InlineData(1)]
    public void A_power_cut_at_any_call_loses_nothing_acknowledged_and_invents_nothing(int seedBase)
    {
        long callCount = Run(new SimulatedStorageDevice(), new History());
        for (long call = 1; call <= callCount; call++)
        {
            var device = new SimulatedStorageDevice();
            var history = new History();
            device.FailCall(call, InjectedFault.PowerCut);
            Assert.Throws<PowerCutException>(() => Run(device, history));
            for (int seed = seedBase; seed < seedBase + SeedCount; seed++)
            {
                Check(device.Recover(seed), history, $"cut at call {call}, seed {seed}");
            }
        }
    }

    [Theory]
    [InlineData(1)]
    public void A_power_cut_at_any_call_of_the_recovery_does_no_harm(int seedBase)
    {
        long callCount = Run(new SimulatedStorageDevice(), new History());
        for (long call = 20; call <= callCount; call += 5)
        {
            var device = new SimulatedStorageDevice();
            var history = new History();
            device.FailCall(call, InjectedFault.PowerCut);
            Assert.Throws<PowerCutException>(() => Run(device, history));
            for (long cut = 1; CutRecovery(device, history, cut, (int)call + seedBase); cut++)
            {
            }
        }
    }

    private static bool CutRecovery(SimulatedStorageDevice device, History history, long cut, int seed)
    {
        SimulatedStorageDevice second = device.Recover(seed);
        List<ulong> before = WalScenario.Replay(device.Recover(seed), history.FlushedLsn).Lsns;
        second.FailCall(cut, InjectedFault.PowerCut);
        if (Record.Exception(() => WalScenario.Reopen(second, history.FlushedLsn).Dispose()) is null)
        {
            return false;
        }

        for (int next = seed; next < seed + 4; next++)
        {
            string place = $"recovery cut at {cut}, seeds {seed} {next}";
            Check(second.Recover(next), history, place);
            List<ulong> after = WalScenario.Replay(second.Recover(next), history.FlushedLsn).Lsns;
            Assert.True(before.SequenceEqual(after), place);
        }

        return true;
    }

    private static long Run(SimulatedStorageDevice device, History history)
    {
        using (WalWriter writer = WalScenario.Reopen(device))
        {
            writer.PrepareSpare();
            Append(writer, history, 5);
            Flush(writer, history, 3);
            Append(writer, history, 7);
            Flush(writer, history, 10);
        }

        using (WalWriter writer = WalScenario.Reopen(device, history.FlushedLsn))
        {
            Append(writer, history, 6);
            Flush(writer, history, 17);
            Append(writer, history, 3);
        }

        return device.CallCount;
    }

    private static void Append(WalWriter writer, History history, int count)
    {
        for (int i = 0; i < count; i++)
        {
            history.AppendedLsn = writer.NextLsn;
            WalScenario.AppendOne(writer);
            if (i % 3 != 1)
            {
                writer.Sync();
                history.AcknowledgedLsn = history.AppendedLsn;
            }
        }

        writer.Sync();
        history.AcknowledgedLsn = history.AppendedLsn;
    }

    private static void Flush(WalWriter writer, History history, ulong lsn)
    {
        history.FlushedLsn = lsn;
        writer.Truncate(lsn);
    }

    private static void Check(SimulatedStorageDevice device, History history, string place)
    {
        (List<ulong> first, WalTail tail) = WalScenario.Replay(device, history.FlushedLsn);
        Assert.True(WalScenario.Range(history.FlushedLsn + 1, tail.LastLsn).SequenceEqual(first), place);
        Assert.True(tail.LastLsn >= history.AcknowledgedLsn, $"{place}: {tail.LastLsn}");
        Assert.True(tail.LastLsn <= history.AppendedLsn, place);
        using (WalWriter writer = WalWriter.Open(device, WalScenario.Options, tail))
        {
            Assert.True(WalScenario.Replay(device, history.FlushedLsn).Lsns.SequenceEqual(first), place);
            WalScenario.AppendSynced(writer, 1);
        }

        List<ulong> second = WalScenario.Replay(device.Recover(0), history.FlushedLsn).Lsns;
        Assert.True(second.SequenceEqual([.. first, tail.LastLsn + 1]), place);
    }

    private sealed class History
    {
        public ulong AppendedLsn { get; set; }

        public ulong AcknowledgedLsn { get; set; }

        public ulong FlushedLsn { get; set; }
    }
}
