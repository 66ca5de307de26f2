using Tsdb.Faults;
using Tsdb.Storage.Codecs;
using Tsdb.Storage.Wal;

namespace Tsdb.Storage.Tests.Wal;

public sealed class WalDamageTests
{
    private const string FirstFile = "wal/00000001.wal";

    // Payloads of 2711, 5422 and 8133 bytes: frame 1 is unit 1, frame 2 units 2 and 3, frame 3 units 4 to 6.
    private static readonly SimulatedStorageDevice _log = WriteLog();

    public static TheoryData<string, int, int, ulong> Flips => new()
    {
        { "magic of frame 1", 1, 0, 1 },
        { "header of frame 2", 2, 33, 2 },
        { "previous CRC of frame 2", 2, 68, 2 },
        { "payload of frame 2", 2, 900, 2 },
        { "second unit of frame 2", 3, 100, 2 },
        { "LSN of frame 3", 4, 32, 3 },
    };

    [Theory]
    [MemberData(nameof(Flips))]
    public void A_flipped_bit_below_the_durable_mark_is_reported_never_cut_off(
        string place, int unit, int offset, ulong lostLsn)
    {
        SimulatedStorageDevice device = _log.Recover(0);
        Flip(device, FirstFile, (unit * WalFrame.UnitSizeBytes) + offset);
        WalCorruptException damage = Assert.Throws<WalCorruptException>(() => WalScenario.Replay(device));
        var lost = new WalLostRange(lostLsn, lostLsn);
        Assert.Equal((place, FirstFile, lost), (place, damage.Path, damage.Lost));

        (List<ulong> lsns, WalTail tail) = WalScenario.Replay(device, options: WalScenario.Skipping);
        Assert.Equal([lost], tail.LostRanges);
        Assert.Equal(WalScenario.Range(1, 20).Where(lsn => lsn != lostLsn), lsns);
        Assert.True(tail.Files[0].IsDamaged);
    }

    [Fact]
    public void Damage_in_what_is_flushed_already_loses_nothing()
    {
        SimulatedStorageDevice device = _log.Recover(0);
        Flip(device, FirstFile, (2 * WalFrame.UnitSizeBytes) + 33);
        Assert.Equal(WalScenario.Range(3, 20), WalScenario.Replay(device, afterLsn: 2).Lsns);
    }

    [Fact]
    public void A_damaged_file_is_set_aside_once_its_other_frames_are_flushed()
    {
        SimulatedStorageDevice device = _log.Recover(0);
        Flip(device, FirstFile, (2 * WalFrame.UnitSizeBytes) + 33);
        using WalWriter writer = WalScenario.Reopen(device, options: WalScenario.Skipping);
        writer.Truncate(writer.DurableLsn);
        Assert.Contains("wal/00000001.damaged", device.ListFiles());
        Assert.Empty(WalScenario.Replay(device, afterLsn: 20).Lsns);
    }

    [Fact]
    public void A_missing_file_in_the_middle_is_reported_with_its_range()
    {
        SimulatedStorageDevice device = _log.Recover(0);
        WalTail tail = WalScenario.Replay(device).Tail;
        device.Delete(tail.Files[1].Path);
        WalCorruptException damage = Assert.Throws<WalCorruptException>(() => WalScenario.Replay(device));
        Assert.Equal(new WalLostRange(tail.Files[1].FirstLsn, tail.Files[2].FirstLsn - 1), damage.Lost);
    }

    [Fact]
    public void A_missing_first_file_is_reported_unless_it_is_flushed()
    {
        SimulatedStorageDevice device = _log.Recover(0);
        WalTail tail = WalScenario.Replay(device).Tail;
        device.Delete(FirstFile);
        WalCorruptException damage = Assert.Throws<WalCorruptException>(() => WalScenario.Replay(device));
        Assert.Equal(new WalLostRange(1, tail.Files[1].FirstLsn - 1), damage.Lost);
        ulong flushed = tail.Files[1].FirstLsn - 1;
        Assert.Equal(WalScenario.Range(flushed + 1, 20), WalScenario.Replay(device, flushed).Lsns);
    }

    [Fact]
    public void An_empty_log_below_what_the_manifest_knows_is_reported()
    {
        var device = new SimulatedStorageDevice();
        WalCorruptException damage = Assert.Throws<WalCorruptException>(
            () => WalScenario.Replay(device, afterLsn: 3, knownDurableLsn: 8));
        Assert.Equal(new WalLostRange(4, 8), damage.Lost);
        Assert.Equal(8UL, WalScenario.Replay(device, afterLsn: 8, knownDurableLsn: 8).Tail.LastLsn);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(16)]
    [InlineData(40)]
    [InlineData(4095)]
    public void A_damaged_file_header_is_reported(int offset)
    {
        foreach (int index in new[] { 0, 1, 3 })
        {
            SimulatedStorageDevice device = _log.Recover(0);
            string path = WalScenario.Replay(device).Tail.Files[index].Path;
            Flip(device, path, offset);
            WalCorruptException damage = Assert.Throws<WalCorruptException>(() => WalScenario.Replay(device));
            Assert.Equal(path, damage.Path);
        }
    }

    [Fact]
    public void The_last_frame_torn_is_the_tail_unless_the_manifest_knows_better()
    {
        SimulatedStorageDevice device = _log.Recover(0);
        (string path, long offset, _) = WalScenario.Replay(device).Tail.Unproven[0];
        Flip(device, path, (int)offset + 100);
        (List<ulong> lsns, WalTail tail) = WalScenario.Replay(device);
        Assert.Equal(WalScenario.Range(1, 19), lsns);
        Assert.Equal(new WalTornFrame(path, offset, 20, WalFrameStatus.BadPayload), tail.TornFrame);
        WalCorruptException damage = Assert.Throws<WalCorruptException>(
            () => WalScenario.Replay(device, knownDurableLsn: 20));
        Assert.Equal((new WalLostRange(20, 20), offset), (damage.Lost, damage.OffsetBytes));
    }

    [Fact]
    public void A_log_of_another_database_is_not_read()
    {
        WalOptions other = WalScenario.Options with { DatabaseUuid = Guid.AllBitsSet };
        Assert.Throws<WalCorruptException>(() => WalScenario.Replay(_log.Recover(0), options: other));
    }

    [Theory]
    [InlineData(8)]
    [InlineData(12)]
    public void A_newer_version_or_an_unknown_feature_is_refused(int offset)
    {
        SimulatedStorageDevice device = _log.Recover(0);
        byte[] bytes = device.ReadFile(FirstFile);
        bytes[offset] |= 2;
        BitConverter.TryWriteBytes(bytes.AsSpan(4092), Crc32C.Compute(bytes.AsSpan(0, 4092)));
        device.PutFile(FirstFile, bytes);
        Assert.Throws<WalUnsupportedException>(() => WalScenario.Replay(device));
    }

    [Fact]
    public void A_frame_with_an_unknown_flag_is_refused()
    {
        SimulatedStorageDevice device = _log.Recover(0);
        byte[] bytes = device.ReadFile(FirstFile);
        Span<byte> frame = bytes.AsSpan(WalFrame.UnitSizeBytes, WalFrame.HeaderSizeBytes);
        frame[57] = 1;
        BitConverter.TryWriteBytes(frame[76..], Crc32C.Compute(frame[..76]));
        device.PutFile(FirstFile, bytes);
        Assert.Throws<WalUnsupportedException>(() => WalScenario.Replay(device));
    }

    [Theory]
    [InlineData(1, 400)]
    public void Random_damage_never_gives_a_wrong_frame(int firstSeed, int count)
    {
        for (int seed = firstSeed; seed < firstSeed + count; seed++)
        {
            SimulatedStorageDevice device = _log.Recover(0);
            var random = new Random(seed);
            IReadOnlyList<string> files = device.ListFiles();
            for (int i = random.Next(1, 4); i > 0; i--)
            {
                Mutate(device, files[random.Next(files.Count)], random);
            }

            bool isSkipping = (seed & 1) != 0;
            WalOptions options = isSkipping ? WalScenario.Skipping : WalScenario.Options;
            try
            {
                (List<ulong> lsns, WalTail tail) = WalScenario.Replay(device, options: options);
                Assert.Equal(lsns.Distinct().Order(), lsns);
                Assert.True(lsns.Count == 0 || lsns[^1] <= tail.LastLsn, $"seed {seed}");
                WalScenario.Reopen(device, options: options).Dispose();
                Assert.Equal(lsns, WalScenario.Replay(device, options: options).Lsns);
            }
            catch (WalCorruptException damage)
            {
                Assert.False(isSkipping, $"seed {seed}: {damage.Message}");
                Assert.True(damage.Lost.FirstLsn <= damage.Lost.LastLsn, $"seed {seed}: {damage.Message}");
            }
        }
    }

    private static void Mutate(SimulatedStorageDevice device, string path, Random random)
    {
        byte[] bytes = device.ReadFile(path);
        switch (random.Next(4))
        {
            case 0:
                bytes = bytes[..random.Next(bytes.Length)];
                break;
            case 1:
                int start = random.Next(bytes.Length / 512) * 512;
                random.NextBytes(bytes.AsSpan(start, 512));
                break;
            case 2:
                int unit = random.Next(bytes.Length / WalFrame.UnitSizeBytes) * WalFrame.UnitSizeBytes;
                bytes.AsSpan(0, WalFrame.UnitSizeBytes).CopyTo(bytes.AsSpan(unit));
                break;
            default:
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                break;
        }

        if (bytes.Length >= WalFrame.UnitSizeBytes)
        {
            device.PutFile(path, bytes);
        }
    }

    private static void Flip(SimulatedStorageDevice device, string path, int offset)
    {
        byte[] bytes = device.ReadFile(path);
        bytes[offset] ^= 0x10;
        device.PutFile(path, bytes);
    }

    private static SimulatedStorageDevice WriteLog()
    {
        var device = new SimulatedStorageDevice();
        using WalWriter writer = WalScenario.Reopen(device);
        WalScenario.AppendSynced(writer, 20);
        return device;
    }
}
