using Tsdb.Core;
using Tsdb.Faults;
using Tsdb.Simulation.Histories;
using Tsdb.Storage;

namespace Tsdb.Simulation.Crashes;

/// <summary>
/// A short history that is the same each time its seed runs, and what became of it: which batches were
/// acknowledged, and which are in doubt because the acknowledgement never came.
/// </summary>
internal sealed class CrashHistory
{
    private const int RowCountMax = 12;

    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan _retryInterval = TimeSpan.FromSeconds(1);

    // Merges meet overlapping segments, restarts meet a log with and without rows.
    private static readonly CrashStep[] _steps =
    [
        CrashStep.Write, CrashStep.Write, CrashStep.Delete, CrashStep.Write, CrashStep.Flush,
        CrashStep.Write, CrashStep.Delete, CrashStep.Write, CrashStep.Compact, CrashStep.Write,
        CrashStep.Delete, CrashStep.Restart, CrashStep.Write, CrashStep.Flush, CrashStep.Delete,
        CrashStep.Compact, CrashStep.Write,
    ];

    // Tables get a time to live, another one, none, or an end.
    private static readonly CrashStep[] _changingSteps =
    [
        CrashStep.Write, CrashStep.Write, CrashStep.Change, CrashStep.Write, CrashStep.Flush,
        CrashStep.Write, CrashStep.Change, CrashStep.Compact, CrashStep.Write, CrashStep.Delete,
        CrashStep.Restart, CrashStep.Write, CrashStep.Change, CrashStep.Flush, CrashStep.Write,
        CrashStep.Change, CrashStep.Compact, CrashStep.Write,
    ];

    private readonly ManualClock _clock = new();
    private readonly List<Action<DatabaseModel>> _changes = [];
    private readonly List<bool> _isAcknowledged = [];
    private readonly StorageOptions _options;
    private readonly int _seed;

    public CrashHistory(int seed)
    {
        _seed = seed;
        _options = new StorageOptions
        {
            ShardCount = 2,
            WalFileSizeBytes = 64 << 10,

            // The smallest memtable is full with its first batch: then every write flushes.
            MemtableSizeBytesMax = seed % 2 == 0 ? 1 << 20 : 64 << 20,
            LateSegmentCountMax = 2,
            SegmentCountMax = 4,
            ErasureDeadline = seed % 3 == 0 ? TimeSpan.FromDays(7) : TimeSpan.Zero,
        };
    }

    /// <summary>Runs until the end or until nothing more is taken; the engine is closed when this
    /// returns.</summary>
    public async Task RunAsync(PoweredDevice device, CancellationToken cancellationToken)
    {
        Random random = new(_seed);
        RowGenerator generator = new(random);
        StorageEngine? storage = await TryAsync(() => Task.FromResult(Open(device)));
        foreach (CrashStep step in _seed / 2 % 2 == 0 ? _steps : _changingSteps)
        {
            if (storage is null)
            {
                return;
            }

            switch (step)
            {
                case CrashStep.Write:
                    List<WrittenRow> batch = generator.NextBatch(RowCountMax);
                    _clock.AdvanceTo(generator.NowNs);
                    await WriteAsync(storage, batch, cancellationToken);
                    break;
                case CrashStep.Delete:
                    await DeleteAsync(storage, generator, random, cancellationToken);
                    break;
                case CrashStep.Change:
                    await ChangeAsync(storage, generator, random, cancellationToken);
                    break;
                case CrashStep.Flush:
                    await TryAsync(() => storage.FlushAsync(cancellationToken));
                    break;
                case CrashStep.Compact:
                    await TryAsync(() => storage.CompactAsync(cancellationToken));
                    break;
                default:
                    await storage.DisposeAsync().AsTask().WaitAsync(_deadline, cancellationToken);
                    storage = await TryAsync(() => Task.FromResult(Open(device)));
                    break;
            }

            CheckLive(storage);

            // What failed is tried again after a while.
            _clock.Advance(_retryInterval);
        }

        if (storage is not null)
        {
            await storage.DisposeAsync().AsTask().WaitAsync(_deadline, cancellationToken);
        }
    }

    /// <summary>
    /// Opens what is there twice; fails unless both times it is exactly the acknowledged batches and, of
    /// those in doubt, each wholly or not at all.
    /// </summary>
    public async Task CheckAsync(PoweredDevice device, string place)
    {
        int first = -1;
        for (int round = 0; round < 2; round++)
        {
            StorageEngine storage = Open(device);
            try
            {
                int found = FindCandidate(storage, out string differences);
                Assert.True(found >= 0, $"{place}, opening {round}: {differences}");
                Assert.True(round == 0 || found == first, $"{place}: batches {first} at first, then {found}");
                first = found;
            }
            finally
            {
                await storage.DisposeAsync().AsTask().WaitAsync(_deadline);
            }
        }
    }

    /// <summary>Opens and closes, as far as the device lets it.</summary>
    public async Task RecoverAsync(PoweredDevice device)
    {
        StorageEngine? storage = await TryAsync(() => Task.FromResult(Open(device)));
        if (storage is not null)
        {
            await storage.DisposeAsync().AsTask().WaitAsync(_deadline);
        }
    }

    private StorageEngine Open(PoweredDevice device) =>
        StorageEngine.Open(device, _options, _clock);

    private async Task WriteAsync(
        StorageEngine storage, List<WrittenRow> rows, CancellationToken cancellationToken)
    {
        int index = _changes.Count;

        // What was refused, as what speaks of a column that a lost batch defined, is not there.
        RejectLog rejects = new();
        _changes.Add(model => model.Apply([.. rows.Where(
            (_, line) => rejects.Entries.All(reject => reject.LineNumber != line + 1))]));
        _isAcknowledged.Add(false);
        await TryAsync(async () =>
        {
            SampleBatch batch = BatchBuilder.Build(rows);
            await storage.AppendAsync(batch, Durability.Fsync, rejects, cancellationToken);
            _isAcknowledged[index] = true;
        });
    }

    private async Task DeleteAsync(
        StorageEngine storage, RowGenerator generator, Random random, CancellationToken cancellationToken)
    {
        if (RandomDelete.Draw(storage, generator, random) is not { } delete)
        {
            return;
        }

        int index = _changes.Count;
        _changes.Add(delete.Apply);
        _isAcknowledged.Add(false);
        await TryAsync(async () =>
        {
            await storage.ExecuteAsync(delete.Command, cancellationToken);
            _isAcknowledged[index] = true;
        });
    }

    private async Task ChangeAsync(
        StorageEngine storage, RowGenerator generator, Random random, CancellationToken cancellationToken)
    {
        if (RandomChange.Draw(storage, generator, random) is not { } change)
        {
            return;
        }

        int index = _changes.Count;
        _changes.Add(change.ApplyFirstHalf);
        _changes.Add(change.Apply);
        _isAcknowledged.AddRange([false, false]);
        await TryAsync(async () =>
        {
            await storage.ExecuteAsync(change.Command, cancellationToken);
            _isAcknowledged[index] = true;
            _isAcknowledged[index + 1] = true;
        });
    }

    /// <summary>While the engine is open, what it shows must be right too; a read may fail, but not
    /// lie.</summary>
    private void CheckLive(StorageEngine? storage)
    {
        if (storage is null)
        {
            return;
        }

        try
        {
            int found = FindCandidate(storage, out string differences);
            Assert.True(found >= 0, $"while open: {differences}");
        }
        catch (IOException)
        {
            // The device failed under the read, which said so.
        }
    }

    /// <summary>Which of the states that may be is there: bit i stands for the i-th batch in doubt.</summary>
    private int FindCandidate(StorageEngine storage, out string differences)
    {
        int[] doubtful = [.. Enumerable.Range(0, _changes.Count).Where(index => !_isAcknowledged[index])];
        Assert.InRange(doubtful.Length, 0, 10);
        differences = "";
        for (int candidate = 0; candidate < 1 << doubtful.Length; candidate++)
        {
            int present = candidate;
            DatabaseModel model = new();
            for (int i = 0; i < _changes.Count; i++)
            {
                if (_isAcknowledged[i] || (present >> Array.IndexOf(doubtful, i) & 1) != 0)
                {
                    _changes[i](model);
                }
            }

            string? difference = DatabaseReading.FindDifference(storage, model.Widen(storage.Catalog));
            if (difference is null)
            {
                return candidate;
            }

            differences += $"\nwith {candidate:b} of {doubtful.Length} in doubt: {difference}";
        }

        return -1;
    }

    /// <summary>The failures that a caller is told of: anything else, or none in time, fails the
    /// test.</summary>
    private static async Task TryAsync(Func<Task> act)
    {
        try
        {
            await act().WaitAsync(_deadline);
        }
        catch (StorageClosedException)
        {
            // Said to the caller: that is what is asked for.
        }
        catch (IOException)
        {
            // As well.
        }
    }

    private static async Task<T?> TryAsync<T>(Func<Task<T>> act)
        where T : class
    {
        T? result = null;
        await TryAsync(async () => { result = await act(); });
        return result;
    }
}
