using Tsdb.Core;
using Tsdb.Core.Commands;
using Tsdb.Faults;
using Tsdb.Simulation.Histories;
using Tsdb.Storage;
using Tsdb.Storage.Devices;

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
    private const int MeanwhileCountMax = 16;

    private readonly int _seed;
    private readonly Random _random;
    private readonly ManualClock _clock = new();
    private readonly RowGenerator _generator;
    private readonly StorageOptions _options;
    private readonly HistoryJournal _journal = new();
    private readonly FaultPlan _faults;
    private readonly HistoryTally _tally = new();
    private readonly CallHash _calls;
    private readonly Mutation _mutation;
    private SimulatedStorageDevice _device = new();
    private SeededWorkHost _host;
    private StorageEngine? _storage;
    private HistoryJournal.Change? _drop;
    private int _droppedTableId;
    private int _meanwhileCount;
    private bool _isAtWork;
    private string _place = "";

    private SeededHistory(int seed, Mutation mutation)
    {
        _seed = seed;
        _mutation = mutation;
        _random = new Random(seed);
        _generator = new RowGenerator(_random);
        _faults = new FaultPlan(_random, _tally);
        _calls = new CallHash(_tally);
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
            ScrubSizeBytesPerSecondMax = 64 << (10 + _random.Next(3)),
            ScrubPeriod = TimeSpan.FromSeconds(_random.Next(1, 100)),
        };
    }

    /// <summary>Runs a seed's history; what it gives is the same each time.</summary>
    /// <exception cref="HistoryFailedException">The database did what it must not.</exception>
    public static HistoryResult Run(int seed, Mutation mutation = Mutation.None)
    {
        SynchronizationContext? context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        SeededHistory history = new(seed, mutation);
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
        for (int start = 0; start < startCount; start++)
        {
            _place = $"start {start}";
            _faults.Arm(_device);
            RunUntilStop();
            _tally.Note(_device.IsCut ? HistoryEvent.PowerCut : HistoryEvent.ProcessKilled);
            RecoverDevice();
            if (_random.Next(4) == 0)
            {
                RecoverAndCut();
            }

            _place = $"after start {start}";
            CheckRecovered();
        }

        if (_random.Next(3) == 0)
        {
            _place = "with a flipped bit";
            RunFlipped();
        }

        return new HistoryResult(_calls.Value, _tally);
    }

    private void RunUntilStop()
    {
        _storage = TryOpen();
        int actCount = _random.Next(2, ActCountMax + 1);
        for (int act = 0; act < actCount && _storage is not null && !_device.IsCut; act++)
        {
            _host.Meanwhile = Meanwhile;
            _meanwhileCount = 0;
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
        switch (_random.Next(18))
        {
            case 17:
                _place = $"{place}, act {act}: verify";
                Try(() => _storage!.ScrubAsync(CancellationToken.None));
                break;
            case 16:
                _place = $"{place}, act {act}: drop a table";
                DropTable();
                break;
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
                _tally.Note(HistoryEvent.ClockJump);
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
        // Without an end to them, a merge never ends that each write gives more to do.
        if (_isAtWork || _storage is null || ++_meanwhileCount > MeanwhileCountMax)
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
        List<WrittenRow>? accepted = null;
        HistoryJournal.Change change = Record(model => model.Apply(accepted ??= [.. rows.Where(
            (_, line) => rejects.Entries.All(reject => reject.LineNumber != line + 1))]));
        Durability durability =
            _mutation == Mutation.AcknowledgesUnsynced ? Durability.Os : Durability.Fsync;
        _tally.Note(HistoryEvent.Write);
        try
        {
            Task<Task<long>> queued = _storage!.EnqueueAsync(
                BatchBuilder.Build(rows), durability, rejects, CancellationToken.None).AsTask();
            Require(queued.IsCompleted, "the queue is full");
            queued.GetAwaiter().GetResult().ContinueWith(
                task => Settle(change, task),
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }
        catch (StorageClosedException)
        {
            // Refused at the door.
            _tally.Note(HistoryEvent.Refusal);
            _journal.Remove(change);
        }
    }

    private HistoryJournal.Change Record(Action<DatabaseModel> apply)
    {
        // What is written before a table goes that is being dropped goes with it: it found the table there.
        bool isBefore = _drop is not null
            && _storage!.Catalog.Tables.Any(table => table.TableId == _droppedTableId);
        HistoryJournal.Change change = _journal.Add(apply, isBefore ? _drop : null);
        switch (_mutation)
        {
            case Mutation.RowsInvented when _random.Next(8) == 0:
                _journal.Remove(change);
                break;
            case Mutation.OrderSwapped:
                _journal.SwapLast();
                break;
            default:
                break;
        }

        return change;
    }

    private void Settle(HistoryJournal.Change change, Task<long> stored)
    {
        change.IsAcknowledged = stored.IsCompletedSuccessfully;
        if (stored.IsCompletedSuccessfully)
        {
            _tally.Note(HistoryEvent.AcknowledgedRow, stored.Result);
        }
        else
        {
            _tally.Note(HistoryEvent.UnacknowledgedWrite);
        }
    }

    private void Delete()
    {
        if (_journal.DoubtfulCount < DoubtfulCountMax
            && RandomDelete.Draw(_storage!, _generator, _random) is { } delete)
        {
            Execute(delete.Command, _journal.Add(delete.Apply), HistoryEvent.Delete);
        }
    }

    private void DropTable()
    {
        IReadOnlyList<TableSchema> tables = _storage!.Catalog.Tables;
        if (_journal.DoubtfulCount < DoubtfulCountMax && tables.Count > 0)
        {
            TableSchema table = tables[_random.Next(tables.Count)];
            _droppedTableId = table.TableId;
            _drop = _journal.Add(model => model.Tables.Remove(table.Name));
            Execute(new DropTable(table.TableId), _drop, HistoryEvent.DroppedTable);
            _drop = null;
        }
    }

    private void Execute(Command command, HistoryJournal.Change change, HistoryEvent kind)
    {
        Try(() => _storage!.ExecuteAsync(command, CancellationToken.None).ContinueWith(
            task =>
            {
                change.IsAcknowledged = task.IsCompletedSuccessfully;
                _tally.Note(task.IsCompletedSuccessfully ? kind : HistoryEvent.Refusal);
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
            _tally.Note(HistoryEvent.Read);
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
    private void RecoverAndCut()
    {
        _device.FailCall(_device.CallCount + 1 + _random.Next(60), InjectedFault.PowerCut);
        _storage = TryOpen();
        Close();
        if (_device.IsCut)
        {
            _tally.Note(HistoryEvent.PowerCutInRecovery);
        }

        RecoverDevice();
    }

    /// <summary>A process that was killed leaves all it wrote; a power cut what the seed says.</summary>
    private void RecoverDevice()
    {
        _calls.Add(_device);
        _device = _device.Recover(_device.IsCut ? _random.Next() : 1);
        PowerCutLosses losses = _device.Losses;
        _tally.Note(HistoryEvent.LostSector, losses.SectorCount);
        _tally.Note(HistoryEvent.TornWrite, losses.TornFileCount);
        _tally.Note(HistoryEvent.ReorderedSectors, losses.ReorderedFileCount);
        _tally.Note(HistoryEvent.LostName, losses.NameCount);
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
        RecoverDevice();
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

        _tally.Note(HistoryEvent.FlippedBit);
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
            catch (IOException failure)
            {
                // Said to the reader; and to the operator, once all is verified.
                Try(() => storage.ScrubAsync(CancellationToken.None));
                Require(storage.GetFaults().Count > 0, $"not found by verifying: {failure.Message}");
            }
        }

        Close();
    }

    private StorageEngine Open()
    {
        _host = new SeededWorkHost(_random, _clock);
        IStorageDevice device = new PoweredDevice(_device);
        StorageEngine storage = StorageEngine.Open(
            _mutation == Mutation.None ? device : new MutantDevice(device, _mutation),
            _options,
            _clock,
            _host);
        _tally.Note(HistoryEvent.Recovery);
        return storage;
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
            StorageStatistics statistics = storage.GetStatistics();
            _tally.Note(HistoryEvent.Flush, statistics.FlushCount);
            _tally.Note(HistoryEvent.Merge, statistics.Compaction.MergeCount);
            _tally.Note(HistoryEvent.Scrub, statistics.Scrub.PassCount);
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
