using Tsdb.Core;
using Tsdb.Faults;
using Tsdb.Storage.Codecs;
using Tsdb.Storage.Manifests;

namespace Tsdb.Storage.Tests.Manifests;

public sealed class ManifestTests
{
    private const string FirstLog = "manifest/00000001.log";

    private static readonly SimulatedStorageDevice _written = new();
    private static readonly List<string> _states = ManifestScenario.WriteHistory(_written);

    [Fact]
    public void Reopening_gives_what_was_committed_and_so_does_reopening_again()
    {
        SimulatedStorageDevice device = _written.Recover(0);
        for (int i = 0; i < 3; i++)
        {
            using var manifest = Manifest.Open(device);
            Assert.Equal(_states[^1], ManifestScenario.Describe(manifest.Current));
        }

        Assert.Equal(["manifest/00000004.log", ManifestPaths.Superblock], device.ListFiles());
    }

    [Fact]
    public void State_tells_shards_segments_and_the_lowest_flushed_lsn()
    {
        ManifestState state = ManifestReader.Read(_written.Recover(0)).State;
        Assert.Equal((4, 15L, 66UL), (state.ShardCount, state.NextSegmentNumber, state.KnownDurableLsn));
        Assert.Equal(10, state.Segments.Count);
        Assert.Equal(30UL, state.FlushedLsnOfAllShards);
        Assert.Equal(new CatalogLogEntry("catalog-5.log", 500, 5), state.CatalogLog);
        Assert.Equal(ManifestScenario.SegmentOf(14), state.Segments[14]);
    }

    [Fact]
    public void A_long_log_is_begun_anew_from_a_checkpoint()
    {
        var device = new SimulatedStorageDevice();
        using Manifest manifest = ManifestScenario.CreateNew(device);
        for (ulong lsn = 1; lsn <= 1200; lsn++)
        {
            manifest.Commit(new ManifestEdit().SetKnownDurableLsn(lsn));
        }

        Assert.DoesNotContain(FirstLog, device.ListFiles());
        Assert.Equal(1200UL, ManifestReader.Read(device.Recover(0)).State.KnownDurableLsn);
    }

    [Fact]
    public void An_edit_that_does_not_fit_is_our_bug()
    {
        using var manifest = Manifest.Open(_written.Recover(0));
        ManifestEdit noSegment = new ManifestEdit().RemoveSegment(999);
        ManifestEdit noShard = new ManifestEdit().SetFlushedLsn(4, 1);
        Assert.Throws<InvariantViolatedException>(() => manifest.Commit(noSegment));
        Assert.Throws<InvariantViolatedException>(() => manifest.Commit(noShard));
    }

    [Fact]
    public void A_failed_sync_moves_the_manifest_to_a_new_log()
    {
        SimulatedStorageDevice device = _written.Recover(0);
        using var manifest = Manifest.Open(device);
        device.FailCall(device.CallCount + 2, InjectedFault.IoError);
        string state = ManifestScenario.Describe(manifest.Commit(ManifestScenario.EditOf(7)));
        for (int seed = 0; seed < 8; seed++)
        {
            Assert.Equal(state, ManifestScenario.Read(device.Recover(seed)));
        }
    }

    [Fact]
    public void A_commit_that_fails_twice_is_not_made_and_the_next_one_is()
    {
        for (int call = 1; ; call++)
        {
            SimulatedStorageDevice device = _written.Recover(0);
            using var manifest = Manifest.Open(device);
            device.FailCall(device.CallCount + 2, InjectedFault.IoError);
            long target = device.CallCount + 2 + call;
            device.FailCall(target, InjectedFault.IoError);
            Exception? failure = Record.Exception(() => manifest.Commit(ManifestScenario.EditOf(7)));
            if (device.CallCount < target)
            {
                Assert.Null(failure);
                Assert.True(call > 8);
                return;
            }

            Assert.IsType<ManifestFailedException>(failure);
            Assert.Equal(_states[^1], ManifestScenario.Describe(manifest.Current));
            string found = ManifestScenario.Read(device.Recover(call));
            Assert.True(found == _states[^1] || found.Contains("commit 8 ", StringComparison.Ordinal), found);

            // What the failed commit left behind must not come back beside the one that is made instead.
            string made = ManifestScenario.Describe(manifest.Commit(ManifestScenario.EditOf(9)));
            Assert.Equal(made, ManifestScenario.Read(device.Recover(call)));
        }
    }

    [Fact]
    public void A_power_cut_at_any_call_keeps_every_commit_that_returned()
    {
        for (long call = 1; ; call++)
        {
            var device = new SimulatedStorageDevice();
            device.FailCall(call, InjectedFault.PowerCut);
            int committed = -1;
            if (!RunUntilCut(device, ref committed))
            {
                Assert.True(call > 20);
                return;
            }

            for (int seed = 0; seed < 8; seed++)
            {
                SimulatedStorageDevice recovered = device.Recover(seed);
                string place = $"cut at call {call}, seed {seed}";
                if (!Manifest.Exists(recovered))
                {
                    Assert.True(committed < 0, place);
                    ManifestScenario.WriteHistory(recovered);
                    continue;
                }

                string found = ManifestScenario.Read(recovered);
                int index = _states.IndexOf(found);
                Assert.True(index == committed || index == committed + 1, $"{place}: {index} of {committed}");
                CutReopening(recovered, found, seed);
            }
        }
    }

    [Fact]
    public void Any_single_flipped_bit_is_survived_or_refused_never_a_silent_step_back()
    {
        foreach (string path in _written.ListFiles())
        {
            int sizeBytes = _written.ReadFile(path).Length;
            for (int offset = 0; offset < sizeBytes; offset += 1 + (offset % 13))
            {
                SimulatedStorageDevice device = _written.Recover(0);
                byte[] bytes = device.ReadFile(path);
                bytes[offset] ^= (byte)(1 << (offset % 8));
                device.PutFile(path, bytes);
                Assert.True(_states[^1] == ManifestScenario.Read(device), $"{path} byte {offset}");
            }
        }
    }

    [Theory]
    [InlineData(1, 500)]
    public void Random_damage_is_refused_or_gives_a_state_that_was_committed(int firstSeed, int count)
    {
        for (int seed = firstSeed; seed < firstSeed + count; seed++)
        {
            SimulatedStorageDevice device = _written.Recover(0);
            var random = new Random(seed);
            IReadOnlyList<string> files = device.ListFiles();
            string path = files[random.Next(files.Count)];
            byte[] bytes = device.ReadFile(path);
            for (int i = random.Next(1, 6); i > 0; i--)
            {
                int start = random.Next(bytes.Length);
                random.NextBytes(bytes.AsSpan(start, Math.Min(random.Next(1, 1500), bytes.Length - start)));
            }

            device.PutFile(path, bytes.AsSpan(0, random.Next(bytes.Length)));
            Exception? failure = Record.Exception(
                () => Assert.True(_states.Contains(ManifestScenario.Read(device)), $"seed {seed}"));
            Assert.True(failure is null or ManifestCorruptException, $"seed {seed}: {failure}");
        }
    }

    [Fact]
    public void A_commit_missing_between_others_is_reported()
    {
        SimulatedStorageDevice device = _written.Recover(0);
        byte[] log = device.ReadFile(FirstLog);
        int start = 2 * ManifestRecord.Read(log, ManifestScenario.DatabaseUuid, FirstLog)!.Value.SizeBytes;
        log.AsSpan(start, 2 * ManifestRecord.UnitSizeBytes).Clear();
        device.PutFile(FirstLog, log);
        ManifestCorruptException damage =
            Assert.Throws<ManifestCorruptException>(() => ManifestScenario.Read(device));
        Assert.Equal((FirstLog, "commit 2", "3"), (damage.Path, damage.Expected, damage.Actual));
    }

    [Fact]
    public void A_missing_log_is_reported()
    {
        SimulatedStorageDevice device = _written.Recover(0);
        device.Delete(FirstLog);
        Assert.Equal(
            FirstLog, Assert.Throws<ManifestCorruptException>(() => ManifestScenario.Read(device)).Path);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(12)]
    public void A_newer_superblock_is_refused(int offset)
    {
        SimulatedStorageDevice device = _written.Recover(0);
        byte[] bytes = device.ReadFile(ManifestPaths.Superblock);
        bytes[offset] |= 2;
        BitConverter.TryWriteBytes(bytes.AsSpan(4092), Crc32C.Compute(bytes.AsSpan(0, 4092)));
        device.PutFile(ManifestPaths.Superblock, bytes);
        Assert.Throws<ManifestUnsupportedException>(() => ManifestScenario.Read(device));
    }

    [Fact]
    public void An_unknown_edit_is_skipped_if_it_may_be_and_refused_otherwise()
    {
        ManifestState state = ManifestReader.Read(_written.Recover(0)).State;
        var edit = new ManifestEdit();
        edit.Add((ManifestEditKind)77, 13, ManifestEdit.IgnorableFlag);
        edit.SetKnownDurableLsn(900);
        Assert.Equal("", ManifestReplay.TryApply(state, 9, edit.Body, FirstLog, out ManifestState next));
        Assert.Equal(900UL, next.KnownDurableLsn);
        edit.Add((ManifestEditKind)78, 0);
        Assert.Throws<ManifestUnsupportedException>(
            () => ManifestReplay.TryApply(state, 9, edit.Body, FirstLog, out _));
    }

    private static bool RunUntilCut(SimulatedStorageDevice device, ref int committed)
    {
        try
        {
            using Manifest manifest = ManifestScenario.CreateNew(device);
            committed = 0;
            for (int step = 1; step <= ManifestScenario.CommitCount; step++)
            {
                manifest.Commit(ManifestScenario.EditOf(step));
                committed = step;
            }

            return false;
        }
        catch (PowerCutException)
        {
            return true;
        }
    }

    private static void CutReopening(SimulatedStorageDevice device, string state, int seed)
    {
        for (long call = 1; ; call++)
        {
            SimulatedStorageDevice attempt = device.Recover(seed);
            attempt.FailCall(call, InjectedFault.PowerCut);
            bool isCut = Record.Exception(() => Manifest.Open(attempt).Dispose()) is PowerCutException;
            SimulatedStorageDevice after = attempt.Recover(seed);
            Assert.True(state == ManifestScenario.Read(after), $"reopening cut at {call}, seed {seed}");
            if (!isCut)
            {
                return;
            }
        }
    }
}
