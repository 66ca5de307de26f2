using Tsdb.Core;
using Tsdb.Faults;
using Tsdb.Simulation.Histories;
using Tsdb.Storage;

namespace Tsdb.Simulation.Seeded;

/// <summary>
/// One history, wholly decided by its seed: options, rows, faults, the order in which workers take their
/// steps, and what a power cut leaves. One thread, a clock of its own, no file.
/// </summary>
internal sealed class SeededHistory
{
    private const int StartCountMax = 5;
    private const int ActCountMax = 14;
    private const int DoubtfulCountMax = 4;
    private const int RowCountMax = 6;

    private readonly int _seed;
    private readonly Random _random;
    private readonly ManualClock _clock = new();
    private readonly RowGenerator _generator;
    private readonly StorageOptions _options;
    private readonly HistoryJournal _journal = new();
    private readonly FaultPlan _faults;
    private readonly CallHash _calls = new();
    private SimulatedStorageDevice _device = new();
    private SeededWorkHost _host;
    private StorageEngine? _storage;
    private bool _isAtWork;
    private string _place = "";

    private SeededHistory(int seed)
    {
        _seed = seed;
        _random = new Random(seed);
        _generator = new RowGenerator(_random);
        _faults = new FaultPlan(_random);
        _host = new SeededWorkHost(_random, _clock);
        _options = new StorageOptions
        {
            ShardCount = _random.Next(1, 4),
            WalFileSizeBytes = 64 << 10,
            WalSizeBytesMax = 64 << (10 + _random.Next(3)),

            // The smallest memtable is full with its first batch: then every write flushes.
            MemtableSizeBytesMax = _random.Next(3) == 0 ? 1 << 20 : 64 << 20,
            LateSegmentCountMax = _random.Next(1, 4),
            SegmentCountMax = _random.Next(2, 6),
            CompactionSizeBytesPerSecondMax = 0,
            ErasureDeadline = _random.Next(2) == 0 ? TimeSpan.Zero : TimeSpan.FromDays(7),
            FaultRetryInterval = TimeSpan.FromMilliseconds(100),
        };
    }

    /// <summary>Runs a seed's history; what it gives is the same each time.</summary>
    /// <exception cref="HistoryFailedException">The database did what it must not.</exception>
    public static HistoryResult Run(int seed)
    {
        SynchronizationContext? context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        SeededHistory history = new(seed);
        try
        {
            return history.Run();
        }
        catch (Exception failure) when (failure is not HistoryFailedException)
        {
            throw new HistoryFailedException($"seed {seed}, {history._place}: {failure.Message}", failure);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    private HistoryResult Run()
    {
        int startCount = _random.Next(1, StartCountMax + 1);
        int cutCount = 0;
        for (int start = 0; start < startCount; start++)
        {
            _place = $"start {start}";
            _faults.Arm(_device);
            RunUntilStop();
            cutCount += _device.IsCut ? 1 : 0;
            _calls.Add(_device);
            _faults.Count(_device);

            // A process that was killed leaves all it wrote; a power cut what the seed says.
            _device = _device.Recover(_device.IsCut ? _random.Next() : 1);
            if (_random.Next(4) == 0 && TryRecoverAndCut())
            {
                cutCount++;
            }

            _place = $"after start {start}";
            CheckRecovered();
        }

        bool flips = _random.Next(3) == 0;
        if (flips)
        {
            _place = "with a flipped bit";
            RunFlipped();
        }

        int faultCount = _faults.FaultCount + (flips ? 1 : 0);
        return new HistoryResult(_calls.Value, cutCount, faultCount, _host.StepCount);
    }

    private void RunUntilStop()
    {
        _storage = TryOpen();
        int actCount = _random.Next(2, ActCountMax + 1);
        for (int act = 0; act < actCount && _storage is not null && !_device.IsCut; act++)
        {
            _host.Meanwhile = Meanwhile;
            Act(act);
            _host.Meanwhile = null;
            CheckLive();
        }

        _faults.EndPeriod(_device);
        if (_random.Next(3) == 0)
        {
            _device.CutPower();
        }

        Close();
    }

    private void Act(int act)
    {
        string place = _place;
        switch (_random.Next(16))
        {
            case 0 or 1:
                _place = $"{place}, act {act}: flush";
                Try(() => _storage!.FlushAsync(CancellationToken.None));
                break;
            case 2 or 3:
                _place = $"{place}, act {act}: compact";
                Try(() => _storage!.CompactAsync(CancellationToken.None));
                break;
            case 4 or 5:
                _place = $"{place}, act {act}: delete";
                Delete();
                break;
            case 6 when _faults.IsPeriod:
                _place = $"{place}, act {act}: the device works again";
                _faults.EndPeriod(_device);
                break;
            case 6 when _random.Next(3) == 0:
                _place = $"{place}, act {act}: the device fails for a while";
                _faults.BeginPeriod(_device);
                break;
            case 7:
                _place = $"{place}, act {act}: the clock jumps";
                _clock.Jump(TimeSpan.FromHours(_random.Next(-48, 48)));
                break;
            case 8:
                _place = $"{place}, act {act}: time passes";
                _clock.Advance(TimeSpan.FromSeconds(_random.Next(200)));
                break;
            case 9:
                _place = $"{place}, act {act}: workers take steps";
                for (int i = _random.Next(20); i > 0; i--)
                {
                    _host.RunSome();
                }

                break;
            default:
                _place = $"{place}, act {act}: write";
                Write();
                break;
        }

        _place = place;
    }

    /// <summary>What a client does in the middle of a worker's step.</summary>
    private void Meanwhile()
    {
        if (_isAtWork || _storage is null)
        {
            return;
        }

        _isAtWork = true;
        if (_random.Next(3) == 0)
        {
            CheckLive();
        }
        else
        {
            Write();
        }

        _isAtWork = false;
    }

    /// <summary>Hands in a batch and does not wait.</summary>
    private void Write()
    {
        if (_journal.DoubtfulCount >= DoubtfulCountMax)
        {
            _host.RunSome();
            return;
        }

        List<WrittenRow> rows = _generator.NextBatch(RowCountMax);
        RejectLog rejects = new();
        HistoryJournal.Change change = _journal.Add(model => model.Apply([.. rows.Where(
            (_, line) => rejects.Entries.All(reject => reject.LineNumber != line + 1))]));
        try
        {
            Task<Task<long>> queued = _storage!.EnqueueAsync(
                BatchBuilder.Build(rows), Durability.Fsync, rejects, CancellationToken.None).AsTask();
            Require(queued.IsCompleted, "the queue is full");
            queued.GetAwaiter().GetResult().ContinueWith(
                task => change.IsAcknowledged = task.IsCompletedSuccessfully,
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }
        catch (StorageClosedException)
        {
            // Refused at the door.
            _journal.Remove(change);
        }
    }

    private void Delete()
    {
        if (_journal.DoubtfulCount >= DoubtfulCountMax
            || RandomDelete.Draw(_storage!, _generator, _random) is not { } delete)
        {
            return;
        }

        HistoryJournal.Change change = _journal.Add(delete.Apply);
        Try(() => _storage!.ExecuteAsync(delete.Command, CancellationToken.None).ContinueWith(
            task =>
            {
                change.IsAcknowledged = task.IsCompletedSuccessfully;
                task.GetAwaiter().GetResult();
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default));
    }

    /// <summary>What is shown is right at any moment; a read may fail when the device does, but not
    /// lie.</summary>
    private void CheckLive()
    {
        if (_storage is not { } storage)
        {
            return;
        }

        try
        {
            using StorageSnapshot snapshot = storage.OpenSnapshot();
            foreach (TableSchema table in storage.Catalog.Tables)
            {
                TimeRange range = new(_generator.NextBoundNs(), _generator.NextBoundNs());
                range = _random.Next(3) == 0 ? TimeRange.All
                    : range.IsEmpty ? new TimeRange(range.ToNs, range.FromNs) : range;
                ReadPlan plan = ReadPlan.Some(table, range, _random);
                int state = _journal.FindState(
                    storage,
                    model => DatabaseReading.FindDifference(
                        snapshot,
                        table,
                        model.Tables.GetValueOrDefault(table.Name) ?? new TableModel(),
                        plan),
                    out string differences);
                Require(state >= 0, differences);
            }
        }
        catch (IOException failure)
        {
            Require(
                _faults.IsArmed || _device.IsCut, $"a read failed on a sound device: {failure.Message}");
        }
    }

    /// <summary>Recovers, as far as it comes, while the power goes again.</summary>
    private bool TryRecoverAndCut()
    {
        _device.FailCall(_device.CallCount + 1 + _random.Next(60), InjectedFault.PowerCut);
        _storage = TryOpen();
        Close();
        bool isCut = _device.IsCut;
        _calls.Add(_device);
        _device = _device.Recover(isCut ? _random.Next() : 1);
        return isCut;
    }

    /// <summary>On a sound device everything acknowledged is there, and again the next time.</summary>
    private void CheckRecovered()
    {
        int first = -1;
        for (int round = 0; round < 2; round++)
        {
            _storage = Open();
            int state = _journal.FindState(
                _storage, model => DatabaseReading.FindDifference(_storage, model), out string differences);
            Require(state >= 0, $"opening {round}: {differences}");
            Require(round == 0 || state == first, $"{first:b} of those in doubt at first, then {state:b}");
            first = state;
            Close();
        }

        _journal.Settle(first);
        _calls.Add(_device);
        _device = _device.Recover(1);
    }

    /// <summary>A flipped bit of a file that the manifest names is reported, or nothing is wrong.</summary>
    private void RunFlipped()
    {
        // The log's last frame cannot be told from one that was torn before it was acknowledged.
        string[] paths = [.. _device.ListFiles().Where(
            static path => !path.StartsWith("wal/", StringComparison.Ordinal) && path != "lock")];
        if (paths.Length == 0)
        {
            return;
        }

        string path = paths[_random.Next(paths.Length)];
        byte[] bytes = _device.ReadFile(path);
        if (bytes.Length == 0)
        {
            return;
        }

        int offset = _random.Next(bytes.Length);
        bytes[offset] ^= (byte)(1 << _random.Next(8));
        _device.PutFile(path, bytes);
        _place += $" at {offset} of {path}";
        _storage = TryOpen();
        if (_storage is { } storage)
        {
            try
            {
                string? difference = DatabaseReading.FindDifference(storage, _journal.Settled);
                Require(difference is null || storage.GetFaults().Count > 0, $"unnoticed: {difference}");
            }
            catch (IOException)
            {
                // Said to the reader.
            }
        }

        Close();
    }

    private StorageEngine Open()
    {
        _host = new SeededWorkHost(_random, _clock);
        return StorageEngine.Open(new PoweredDevice(_device), _options, _clock, _host);
    }

    private StorageEngine? TryOpen()
    {
        try
        {
            return Open();
        }
        catch (IOException)
        {
            return null;
        }
    }

    private void Close()
    {
        if (_storage is { } storage)
        {
            Task closed = storage.DisposeAsync().AsTask();
            Require(closed.IsCompleted, "closing waits for nobody");
            closed.GetAwaiter().GetResult();
            _storage = null;
        }
    }

    private static void Try(Func<Task> act)
    {
        try
        {
            Task done = act();
            Invariant.Holds(done.IsCompleted);
            done.GetAwaiter().GetResult();
        }
        catch (Exception failure) when (failure is StorageClosedException or IOException)
        {
            // Said to the caller: that is what is asked for.
        }
    }

    private void Require(bool holds, string message)
    {
        if (!holds)
        {
            throw new HistoryFailedException($"seed {_seed}, {_place}: {message}");
        }
    }
}
