using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Tsdb.Storage.Commits;
using Tsdb.Storage.Wal;
using Tsdb.Storage.Working;

namespace Tsdb.Storage.Recovery;

/// <summary>
/// Reads, verifies and decodes frames of the log on a thread of its own, a few ahead of whoever takes them:
/// so a replay keeps two cores busy, one with decoding and one with the memtable.
/// </summary>
/// <remarks>Made and used by one thread. Disposing stops it wherever it is.</remarks>
internal sealed class FrameDecoding : IWork, IDisposable
{
    // A frame has up to some MB of cells.
    private const int AheadCountMax = 4;

    private readonly BlockingCollection<DecodedFrame> _decoded;
    private readonly ConcurrentQueue<DecodedFrame> _idle = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly FrameReader _reader;
    private readonly Action<WalFrameHandler> _walk;
    private readonly string _directory;
    private readonly ulong _lastLsn;
    private readonly IWorkHost _host;
    private readonly IWorker _worker;
    private ExceptionDispatchInfo? _failure;

    /// <summary>Begins at once.</summary>
    /// <param name="reader">Nobody else's until this is disposed.</param>
    /// <param name="walk">Gives every frame to be decoded to the handler.</param>
    /// <param name="directory">The log, for messages.</param>
    /// <param name="lastLsn">Frames above it are left out.</param>
    /// <param name="host">Runs it.</param>
    public FrameDecoding(
        FrameReader reader,
        Action<WalFrameHandler> walk,
        string directory,
        ulong lastLsn,
        IWorkHost host)
    {
        _reader = reader;
        _walk = walk;
        _directory = directory;
        _lastLsn = lastLsn;
        _host = host;

        // On one thread nobody takes a frame while another is decoded.
        _decoded = new(host.IsParallel ? AheadCountMax : int.MaxValue);
        _worker = host.Start(this);
    }

    public string Name => "tsdb-replay";

    public bool IsBehindOthers => false;

    /// <summary>The next frame, in order; null after the last. Give it back with
    /// <see cref="Return"/>.</summary>
    /// <exception cref="IOException">The log cannot be read behind the frames given so far.</exception>
    public DecodedFrame? Take()
    {
        if (!_host.IsParallel)
        {
            _worker.Join();
        }

        if (_decoded.TryTake(out DecodedFrame? frame, Timeout.Infinite))
        {
            return frame;
        }

        _failure?.Throw();
        return null;
    }

    /// <summary>The frame's memory may be used again.</summary>
    public void Return(DecodedFrame frame) => _idle.Enqueue(frame);

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

        DecodedFrame target = _idle.TryDequeue(out DecodedFrame? idle) ? idle : new DecodedFrame();
        target.Start(frame.Lsn, frame.SizeBytes);
        if (!_reader.TryRead(payload, target))
        {
            throw new WalPayloadException(_directory, frame.Lsn);
        }

        _decoded.Add(target, _stop.Token);
    }
}
