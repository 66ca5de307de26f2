using Tsdb.Storage.Devices;
using Tsdb.Storage.Wal;

namespace Tsdb.Storage.Tests.Wal;

/// <summary>A small log whose payloads follow from the LSN, so that a wrong one is seen.</summary>
internal static class WalScenario
{
    public const long CommitTimeNs = 1_700_000_000_000_000_000;

    public static WalOptions Options { get; } = new()
    {
        DatabaseUuid = new Guid("00112233-4455-6677-8899-aabbccddeeff"),
        FileSizeBytes = 32 << 10,
    };

    public static WalOptions Skipping { get; } =
        Options with { DamagePolicy = WalDamagePolicy.SkipLostRange };

    /// <summary>Sizes vary from nothing to several units.</summary>
    public static byte[] PayloadOf(ulong lsn, int generation = 0)
    {
        byte[] payload = new byte[(int)(lsn * 2711 % 9000)];
        new Random(((int)lsn * 31) + generation).NextBytes(payload);
        return payload;
    }

    public static void AppendSynced(WalWriter writer, int count)
    {
        for (int i = 0; i < count; i++)
        {
            AppendOne(writer);
            writer.Sync();
        }
    }

    public static ulong AppendOne(WalWriter writer, int generation = 0)
    {
        ulong lsn = writer.NextLsn;
        return writer.Append(PayloadOf(lsn, generation), CommitTimeNs + (long)lsn, (byte)(lsn % 7));
    }

    public static WalWriter Reopen(IStorageDevice device, ulong afterLsn = 0, WalOptions? options = null) =>
        WalWriter.Open(
            device, options ?? Options, WalReader.Replay(device, options ?? Options, afterLsn, 0, Ignore));

    /// <summary>Each frame is checked against what was written under its LSN.</summary>
    public static (List<ulong> Lsns, WalTail Tail) Replay(
        IStorageDevice device, ulong afterLsn = 0, ulong knownDurableLsn = 0, WalOptions? options = null)
    {
        var lsns = new List<ulong>();
        WalTail tail = WalReader.Replay(
            device,
            options ?? Options,
            afterLsn,
            knownDurableLsn,
            (in frame, payload) =>
            {
                Assert.True(payload.SequenceEqual(PayloadOf(frame.Lsn)), $"payload of LSN {frame.Lsn}");
                Assert.Equal((byte)(frame.Lsn % 7), frame.PayloadKind);
                Assert.Equal(CommitTimeNs + (long)frame.Lsn, frame.CommitTimeNs);
                lsns.Add(frame.Lsn);
            });
        return (lsns, tail);
    }

    public static IEnumerable<ulong> Range(ulong first, ulong last)
    {
        for (ulong lsn = first; lsn <= last; lsn++)
        {
            yield return lsn;
        }
    }

    private static void Ignore(in WalFrame frame, ReadOnlySpan<byte> payload)
    {
    }
}
