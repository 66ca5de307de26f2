using System.Diagnostics;
using Tsdb.Core;
using Tsdb.Storage;
using Tsdb.Storage.Archives;
using Tsdb.Storage.Backups;

namespace Tsdb.Engine;

/// <summary>Has the log of one open database archived, every few seconds, until it is disposed. A target that
/// fails is tried again, later each time; writes never wait for it. Thread safe.</summary>
public sealed class DatabaseArchive : IAsyncDisposable
{
    private const int PauseFactorMax = 32;
    private static readonly TimeSpan _pauseMax = TimeSpan.FromHours(1);

    // Longer ones are beyond what can be waited for at once.
    private static readonly TimeSpan _intervalMax = TimeSpan.FromDays(1);
    private static readonly TimeSpan _lastShipMax = TimeSpan.FromSeconds(10);

    private readonly LogArchiver _archiver;
    private readonly TimeSpan _interval;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _run;
    private volatile string? _failure;

    private DatabaseArchive(LogArchiver archiver, TimeSpan interval, TimeProvider clock)
    {
        _archiver = archiver;
        _interval = interval < _intervalMax ? interval : _intervalMax;
        _clock = clock;
        _run = Task.Run(RunAsync);
    }

    /// <summary>How far it is; null before it has seen the target for the first time.</summary>
    public ArchiveStatus? Status => _archiver.Status;

    /// <summary>Bytes of log files that are kept for the archive only.</summary>
    public long HeldSizeBytes => _archiver.HeldSizeBytes;

    /// <summary>Why the last try failed; null when it did not.</summary>
    public string? Failure => _failure;

    /// <summary>Stops, and sends once more what is durable, unless that takes long.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _run.ConfigureAwait(false);
        using CancellationTokenSource last = new(_lastShipMax, _clock);
        await TryShipAsync(last.Token).ConfigureAwait(false);
        _archiver.Dispose();
        _stop.Dispose();
    }

    /// <summary>Starts archiving, where the options say so; else null.</summary>
    internal static DatabaseArchive? Start(
        DatabaseOptions options,
        StorageEngine storage,
        string name,
        TimeProvider clock,
        MemoryAccount? memory)
    {
        if (options.ArchiveTarget is not { } target)
        {
            return null;
        }

#pragma warning disable CA2000 // What is returned owns it.
        LogArchiver archiver = new(storage, new BackupStore(target, name), memory);
#pragma warning restore CA2000
        return new DatabaseArchive(archiver, options.ArchiveInterval, clock);
    }

    /// <summary>What is wrong with it; empty when all is well.</summary>
    internal IEnumerable<StorageFault> GetFaults()
    {
        if (_failure is { } failure)
        {
            yield return new StorageFault(
                "archive_failing",
                $"the log is not archived, and is tried again: {failure}",
                RefusesWrites: false);
        }

        if (Status is { Gap: { } gap, Damage: { } damage })
        {
            yield return new StorageFault(
                "archive_damaged",
                $"the archive lacks {gap}: {damage}; make a new backup",
                RefusesWrites: false);
        }
    }

    internal void NoteBackup(ulong lsn) => _archiver.NoteBackup(lsn);

    private async Task RunAsync()
    {
        int factor = 1;
        while (!_stop.IsCancellationRequested)
        {
            bool isDone = await TryShipAsync(_stop.Token).ConfigureAwait(false);
            factor = isDone ? 1 : Math.Min(factor * 2, PauseFactorMax);
            TimeSpan length = _interval * factor;
            length = length < _pauseMax || factor == 1 ? length : _pauseMax;
            Task pause = Task.Delay(length, _clock, _stop.Token);
            await pause.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>What is not of the world is our mistake, or the target's: it must not stop the archive
    /// unseen, and not the storage's end.</summary>
    private void Report(Exception failure)
    {
        bool isOfTheWorld = failure is IOException or OutOfMemoryException or OperationCanceledException;
        string message = isOfTheWorld ? failure.Message : $"{failure.GetType().Name}: {failure.Message}";
        if (_failure != message)
        {
            Trace.TraceWarning($"the log is not archived: {(isOfTheWorld ? message : failure)}");
        }

        _failure = message;
    }

    private async Task<bool> TryShipAsync(CancellationToken cancellation)
    {
        try
        {
            await _archiver.ShipAsync(cancellation).ConfigureAwait(false);
            _failure = null;
            return true;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The next start goes on from what the target has.
            return false;
        }
        catch (Exception failure)
        {
            // A host loop: whatever it is, it is told and tried again, and the database goes on.
            Report(failure);
            return false;
        }
    }
}
