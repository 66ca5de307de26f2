using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Tsdb.Storage.Commits;
using Tsdb.Storage.Wal;
using Tsdb.Storage.Working;

namespace Tsdb.Storage.Recovery;

/// <summary>
/// Reads, verifies and decodes frames of the log on a thread of its own, some ahead of whoever takes them.
/// Frames come in groups: the more rows of a series come together, the less each costs.
/// </summary>
/// <remarks>Made and used by one thread. Disposing stops it wherever it is.</remarks>
internal sealed class FrameDecoding : IWork, IDisposable
{
    // One group is decoded, one waits, one goes into the memtable.
    private const int AheadCountMax = 1;

    // Of a memtable's size, so that all of them together are a fraction of it.
    private const int GroupShare = 16;
    private const long GroupSizeBytesMost = 48 << 20;

    private readonly BlockingCollection<DecodedFrames> _decoded;
    private readonly ConcurrentQueue<DecodedFrames> _idle = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly FrameReader _reader;
    private readonly Action<WalFrameHandler> _walk;
    private readonly string _directory;
    private readonly ulong _aloneUpToLsn;
    private readonly ulong _lastLsn;
    private readonly long _groupSizeBytesMax;
    private readonly IWorkHost _host;
    private readonly IWorker _worker;
    private DecodedFrames? _group;
    private ExceptionDispatchInfo? _failure;

    /// <summary>Begins at once.</summary>
    /// <param name="reader">Nobody else's until this is disposed.</param>
    /// <param name="walk">Gives every frame to be decoded to the handler.</param>
    /// <param name="directory">The log, for messages.</param>
    /// <param name="aloneUpToLsn">Each frame up to it is a group of its own: deletes may mean some of its
    /// rows.</param>
    /// <param name="lastLsn">Frames above it are left out.</param>
    /// <param name="memtableSizeBytes">What a memtable may hold.</param>
    /// <param name="host">Runs it.</param>
    public FrameDecoding(
        FrameReader reader,
        Action<WalFrameHandler> walk,
        string directory,
        ulong aloneUpToLsn,
        ulong lastLsn,
        long memtableSizeBytes,
        IWorkHost host)
    {
        _reader = reader;
        _walk = walk;
        _directory = directory;
        _aloneUpToLsn = aloneUpToLsn;
        _lastLsn = lastLsn;
        _groupSizeBytesMax = Math.Min(memtableSizeBytes / GroupShare, GroupSizeBytesMost);
        _host = host;

        // On one thread nobody takes frames while others are decoded.
        _decoded = new(host.IsParallel ? AheadCountMax : int.MaxValue);
        _worker = host.Start(this);
    }

    public string Name => "tsdb-replay";

    public bool IsBehindOthers => false;

    /// <summary>The next frames, in order; null after the last. Give them back with
    /// <see cref="Return"/>.</summary>
    /// <exception cref="IOException">The log cannot be read behind the frames given so far.</exception>
    public DecodedFrames? Take()
    {
        if (!_host.IsParallel)
        {
            _worker.Join();
        }

        if (_decoded.TryTake(out DecodedFrames? frames, Timeout.Infinite))
        {
            return frames;
        }

        _failure?.Throw();
        return null;
    }

    /// <summary>Their memory may be used again.</summary>
    public void Return(DecodedFrames frames) => _idle.Enqueue(frames);

    public void Dispose()
    {
        _stop.Cancel();
        _worker.Join();
        _stop.Dispose();
        _decoded.Dispose();
    }

    /// <summary>All of it in one step.</summary>
    public WorkState RunOnce()
    {
        try
        {
            _walk(Decode);
            HandOver();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Nobody waits for more.
        }
        catch (IOException failure)
        {
            _failure = ExceptionDispatchInfo.Capture(failure);
        }

        _decoded.CompleteAdding();
        return WorkState.Done;
    }

    public void WaitForWork() => throw new NotSupportedException("its one step leaves nothing to wait for");

    private void Decode(in WalFrame frame, ReadOnlySpan<byte> payload)
    {
        if (frame.Lsn > _lastLsn)
        {
            return;
        }

        _group ??= Begin();
        _group.AddFrame(frame.Lsn, frame.SizeBytes);
        if (!_reader.TryRead(payload, _group))
        {
            throw new WalPayloadException(_directory, frame.Lsn);
        }

        if (_group.RowSizeBytes >= _groupSizeBytesMax || frame.Lsn <= _aloneUpToLsn)
        {
            HandOver();
        }
    }

    private DecodedFrames Begin()
    {
        DecodedFrames group = _idle.TryDequeue(out DecodedFrames? idle) ? idle : new DecodedFrames();
        group.Clear();
        return group;
    }

    private void HandOver()
    {
        if (_group is not null)
        {
            _decoded.Add(_group, _stop.Token);
            _group = null;
        }
    }
}
