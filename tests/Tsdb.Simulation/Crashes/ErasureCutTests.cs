using System.Globalization;
using System.Text;
using Tsdb.Core;
using Tsdb.Core.Commands;
using Tsdb.Faults;
using Tsdb.Simulation.Histories;
using Tsdb.Storage;

namespace Tsdb.Simulation.Crashes;

/// <summary>
/// The power goes at every call of what takes rows out of files: a table dropped, windows expired, rows
/// deleted and then erased. Afterwards what had to go is gone or whole, all else is there, and no file is
/// left that nobody knows. <c>TSDB_CUT_STEP=1</c> takes every call.
/// </summary>
public sealed class ErasureCutTests
{
    private const long HourNs = 3_600_000_000_000;
    private const string Secret = "plaintext-that-has-to-go";

    private static readonly TimeSpan _ttl = TimeSpan.FromHours(24);
    private static readonly StorageOptions _options = new()
    {
        ShardCount = 2,
        WalFileSizeBytes = 64 << 10,
        ErasureDeadline = TimeSpan.Zero,
    };

    private readonly ManualClock _clock = new();
    private readonly DatabaseModel _model = new();
    private bool _isDropAsked;
    private bool _isDropDone;
    private bool _isDeleteAsked;
    private bool _isDeleteDone;
    private bool _isTtlAsked;
    private bool _isTtlDone;

    public static TheoryData<int> OffsetData => [0, 1, 2];

    [Theory]
    [MemberData(nameof(OffsetData))]
    public async Task A_power_cut_while_rows_leave_the_files_leaves_them_gone_or_whole(int offset)
    {
        int step = int.Parse(
            Environment.GetEnvironmentVariable("TSDB_CUT_STEP") ?? "3", CultureInfo.InvariantCulture);
        int cutCount = 0;
        for (long call = 1 + (offset % step); ; call += step)
        {
            ErasureCutTests run = new();
            SimulatedStorageDevice device = new();
            long firstCall = await run.PrepareAsync(device);
            device.FailCall(firstCall + call, InjectedFault.PowerCut);
            await run.EraseAsync(new PoweredDevice(device));
            if (device.CallCount < firstCall + call)
            {
                break;
            }

            cutCount++;
            for (int seed = 0; seed < 3; seed++)
            {
                await run.CheckAsync(
                    device.Recover((int)(call * 3) + seed), $"cut at call {call}, recovery seed {seed}");
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{cutCount} cuts");
        Assert.True(cutCount > 20);
    }

    [Fact]
    public async Task Without_a_cut_nothing_of_the_rows_is_left_in_the_files()
    {
        SimulatedStorageDevice device = new();
        await PrepareAsync(device);
        Assert.True(HoldsSecret(device));
        await EraseAsync(new PoweredDevice(device));
        Assert.True(_isDropDone && _isDeleteDone && _isTtlDone);
        Assert.False(HoldsSecret(device));
        await CheckAsync(device, "no cut");
    }

    /// <summary>Tables: 'gone' is to be dropped, of 'old' most has expired, 'kept' loses one series, 'now'
    /// says what time it is.</summary>
    private async Task<long> PrepareAsync(SimulatedStorageDevice device)
    {
        long nowNs = Timestamp.Now(_clock).UnixNs;
        await using StorageEngine storage = StorageEngine.Open(new PoweredDevice(device), _options, _clock);
        await WriteAsync(storage, "gone", "a", Enumerable.Range(0, 20).Select(i => nowNs - (i * HourNs)));
        IEnumerable<long> longNs = Enumerable.Range(0, 20).Select(i => nowNs - (i * 20 * HourNs));
        await WriteAsync(storage, "old", "a", longNs);
        await WriteAsync(storage, "kept", "a", longNs);
        await WriteAsync(storage, "kept", "b", longNs);
        await WriteAsync(storage, "now", "a", Enumerable.Repeat(nowNs, 4));
        await storage.FlushAsync(TestContext.Current.CancellationToken);
        return device.CallCount;
    }

    private async Task EraseAsync(PoweredDevice device)
    {
        StorageEngine? storage = null;
        try
        {
            storage = StorageEngine.Open(device, _options, _clock);
            CancellationToken token = TestContext.Current.CancellationToken;
            long nowNs = Timestamp.Now(_clock).UnixNs;
            await WriteAsync(storage, "now", "a", Enumerable.Repeat(nowNs, 4));
            _isDropAsked = true;
            await storage.ExecuteAsync(new DropTable(Find(storage, "gone").TableId), token);
            _isDropDone = true;
            TableSchema kept = Find(storage, "kept");
            TagIndex tags = storage.Catalog.GetTags(kept);
            int ordinal = DatabaseReading.NameOf(tags, 0) == "h=a" ? 0 : 1;
            _isDeleteAsked = true;
            await storage.ExecuteAsync(
                new DeleteRows(kept.TableId, TimeRange.All, [tags.GetSeries(ordinal)]), token);
            _isDeleteDone = true;
            _isTtlAsked = true;
            await storage.ExecuteAsync(
                new SetTableOptions(Find(storage, "old").TableId, new TableOptions { Ttl = _ttl }), token);
            _isTtlDone = true;
            await storage.CompactAsync(token);
        }
        catch (StorageClosedException)
        {
            // Whoever asked is told.
        }
        catch (IOException)
        {
            // As well.
        }

        if (storage is not null)
        {
            await storage.DisposeAsync();
        }
    }

    private async Task CheckAsync(SimulatedStorageDevice device, string place)
    {
        await using StorageEngine storage = StorageEngine.Open(new PoweredDevice(device), _options, _clock);
        for (int round = 0; round < 2; round++)
        {
            // At first as it was found, then after all that was left to do.
            string? difference = null;
            bool isFound = false;
            foreach (DatabaseModel model in FindCandidates())
            {
                string? found = DatabaseReading.FindDifference(storage, model);
                difference ??= found;
                isFound |= found is null;
            }

            Assert.True(isFound, $"{place}, round {round}: {difference}");
            await storage.FlushAsync(TestContext.Current.CancellationToken);
            await storage.CompactAsync(TestContext.Current.CancellationToken);
        }

        StorageStatistics statistics = storage.GetStatistics();
        Assert.Equal(0, statistics.PendingDeleteCount);
        Assert.Equal(statistics.SegmentCount, device.ListFiles().Count(IsSegment));
        bool mayHold = !(_isDropDone && _isDeleteDone && _isTtlDone);
        Assert.True(mayHold || !HoldsSecret(device), $"{place}: rows are left in the files");
    }

    /// <summary>What was asked for and not answered is done or not.</summary>
    private IEnumerable<DatabaseModel> FindCandidates()
    {
        for (int candidate = 0; candidate < 8; candidate++)
        {
            if (Allows(candidate, 1, _isDropAsked, _isDropDone)
                && Allows(candidate, 2, _isDeleteAsked, _isDeleteDone)
                && Allows(candidate, 4, _isTtlAsked, _isTtlDone))
            {
                yield return MakeModel(candidate);
            }
        }
    }

    private static bool Allows(int candidate, int bit, bool isAsked, bool isDone) =>
        (candidate & bit) != 0 ? isAsked : !isDone;

    private DatabaseModel MakeModel(int candidate)
    {
        DatabaseModel model = _model.Copy();
        if ((candidate & 1) != 0)
        {
            model.Tables.Remove("gone");
        }

        if ((candidate & 2) != 0)
        {
            model.Tables["kept"].Series["h=a"].Clear();
        }

        if ((candidate & 4) != 0)
        {
            model.Tables["old"].Ttl = _ttl;
        }

        return model;
    }

    /// <summary>What has to go carries the secret.</summary>
    private async Task WriteAsync(
        StorageEngine storage, string table, string tag, IEnumerable<long> timestampsNs)
    {
        long limitNs = Timestamp.Now(_clock).UnixNs - (_ttl.Ticks * 100);
        SeriesName series = new(table, [new("h", tag)]);
        List<WrittenRow> rows =
        [
            .. timestampsNs.Select(timestampNs =>
            {
                bool goes = table == "gone" || (table == "old" && timestampNs < limitNs)
                    || (table == "kept" && tag == "a");
                string text = goes ? $"{Secret} {timestampNs}" : $"may stay {timestampNs}";
                return new WrittenRow(
                    series, timestampNs, [new(new("s", CellKind.Value), CellValue.OfText(text))]);
            }),
        ];
        RejectLog rejects = new();
        await storage.AppendAsync(
            BatchBuilder.Build(rows), Durability.Fsync, rejects, TestContext.Current.CancellationToken);
        Assert.Equal(0, rejects.Count);
        _model.Apply(rows);
    }

    private static TableSchema Find(StorageEngine storage, string name)
    {
        Assert.True(storage.Catalog.TryGetTable(name, out TableSchema? table));
        return table;
    }

    private static bool IsSegment(string path) => path.EndsWith(".seg", StringComparison.Ordinal);

    private static bool HoldsSecret(SimulatedStorageDevice device)
    {
        byte[] secret = Encoding.UTF8.GetBytes(Secret);
        return device.ListFiles().Where(IsSegment).Any(path => device.ReadFile(path).AsSpan()
            .IndexOf(secret) >= 0);
    }
}
