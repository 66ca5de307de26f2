using System.Diagnostics;
using Tsdb.Core;
using Tsdb.Storage.Catalogs;
using Tsdb.Storage.Devices;
using Tsdb.Storage.Flushing;
using Tsdb.Storage.Manifests;
using Tsdb.Storage.Segments;
using Tsdb.Storage.Versions;
using Tsdb.Storage.Working;

namespace Tsdb.Storage.Rollups;

/// <summary>
/// The thread that builds rollups, behind all others. What it fails to build stays raw and is tried again: no
/// answer depends on it.
/// </summary>
/// <remarks>Thread safe.</remarks>
internal sealed class RollupLoop : IWork, IDisposable
{
    private readonly TimeProvider _clock;
    private readonly TimeSpan _interval;
    private readonly CatalogStore _catalog;
    private readonly SegmentPublisher _publisher;
    private readonly RollupBuild _build;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _work = new(0);
    private readonly CancellationTokenSource _closing = new();
    private readonly IWorker _worker;
    private long _passedAtTimestamp;
    private bool _isWoken;
    private List<TaskCompletionSource> _requests = [];

    public RollupLoop(
        IStorageDevice device,
        StorageOptions options,
        TimeProvider clock,
        CatalogStore catalog,
        SegmentPublisher publisher,
        IWorkHost host)
    {
        _clock = clock;
        _interval = options.RollupInterval;
        _catalog = catalog;
        _publisher = publisher;
        _build = new RollupBuild(device, publisher);
        _passedAtTimestamp = clock.GetTimestamp();
        _worker = host.Start(this);
    }

    public string Name => "tsdb-rollup";

    public bool IsBehindOthers => true;

    private TimeSpan Left => _interval - _clock.GetElapsedTime(_passedAtTimestamp);

    /// <summary>Has the thread look for work, within the interval.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            if (!_closing.IsCancellationRequested)
            {
                _work.Release();
            }
        }
    }

    /// <summary>Builds all that is settled; completes when that is done or has been tried.</summary>
    /// <exception cref="StorageClosedException">The database was closed meanwhile.</exception>
    public Task BuildAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource request = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_closing.IsCancellationRequested)
            {
                return Task.FromException(new StorageClosedException("the database is closed"));
            }

            _requests.Add(request);
            _work.Release();
        }

        return request.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Stops what is being built and the thread.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_closing.IsCancellationRequested)
            {
                return;
            }

            _closing.Cancel();
            _work.Release();
        }

        _worker.Join();
        _work.Dispose();
        _closing.Dispose();
    }

    /// <summary>Looks for what to build, when asked to or when woken and the interval is over.</summary>
    public WorkState RunOnce()
    {
        List<TaskCompletionSource> requests = TakeRequests();
        if (_closing.IsCancellationRequested)
        {
            requests.ForEach(static request => request.TrySetException(
                new StorageClosedException("the database is closed")));
            return WorkState.Done;
        }

        while (_work.Wait(0))
        {
            _isWoken = true;
        }

        if (requests.Count == 0 && (!_isWoken || Left > TimeSpan.Zero))
        {
            return WorkState.Idle;
        }

        _isWoken = false;
        Pass(isEager: requests.Count > 0);
        _passedAtTimestamp = _clock.GetTimestamp();
        requests.ForEach(static request => request.TrySetResult());
        return WorkState.Busy;
    }

    public void WaitForWork()
    {
        if (_isWoken)
        {
            TimeSpan left = Left;
            _work.Wait(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }
        else
        {
            _work.Wait();
            _isWoken = true;
        }
    }

    private void Pass(bool isEager)
    {
        try
        {
            _publisher.DropRollups(IsOrphan);
            foreach (TableSchema table in _catalog.Tables)
            {
                foreach (RollupDefinition rollup in table.Rollups)
                {
                    BuildTier(table.TableId, rollup, isEager);
                }
            }
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
            // Nothing was left behind; the next start goes on.
        }
        catch (Exception exception) when (exception is SegmentCorruptException or ManifestFailedException
            or StorageDeviceException or DamagedSegmentException or StorageClosedException
            or OutOfMemoryException)
        {
            Trace.TraceWarning($"rollups wait for the next try: {exception.Message}");
        }
    }

    /// <summary>Whether the tier is gone that a file is of.</summary>
    private bool IsOrphan(RollupFile file)
    {
        TableState table = _catalog.GetTable(file.Entry.TableId);
        return table.IsDropped
            || table.Schema.Rollups.All(rollup => rollup.RollupId != file.Entry.RollupId);
    }

    private void BuildTier(int tableId, RollupDefinition rollup, bool isEager)
    {
        for (int shard = 0; shard < _catalog.ShardCount; shard++)
        {
            // The count first: what is dropped after it is noticed when publishing.
            long dropCount = _publisher.DropCount;
            (ManifestState state, StorageVersion version) = _publisher.Pin();
            try
            {
                if (version.IsDamaged(shard))
                {
                    continue;
                }

                ulong lsn = state.FlushedLsnOfAllShards;
                TableSchema table = _catalog.GetTable(tableId).Schema;
                foreach (RollupJob job in RollupPlanner.Find(version, lsn, table, rollup, shard, isEager))
                {
                    _build.Run(job, version, lsn, dropCount, _closing.Token);
                }
            }
            finally
            {
                version.Release();
            }
        }
    }

    private List<TaskCompletionSource> TakeRequests()
    {
        lock (_gate)
        {
            List<TaskCompletionSource> taken = _requests;
            _requests = [];
            return taken;
        }
    }
}
