using Google.Protobuf.Collections;
using Grpc.Core;
using Tsdb.Client.Calls;
using Tsdb.Protocol.V1;

namespace Tsdb.Client.Writing;

/// <summary>
/// Sends a writer's batches in order and completes them as they are acknowledged; when the connection
/// breaks, makes another and sends again what was not acknowledged, under the same numbers.
/// </summary>
#pragma warning disable CA1506 // Where the call, the retries and the batches meet; each alone would not do.
internal sealed class StreamPump : IAsyncDisposable
#pragma warning restore CA1506
{
    private static readonly TimeSpan _pauseMax = TimeSpan.FromSeconds(1);

    private readonly IngestService.IngestServiceClient _service;
    private readonly StreamOpen _open;
    private readonly TsdbWriterOptions _options;
    private readonly SeriesTexts _series;
    private readonly Lock _gate = new();
    private readonly List<SentBatch> _unacknowledged = [];
    private readonly SemaphoreSlim _work = new(0);
    private readonly CancellationTokenSource _stop = new();
    private SemaphoreSlim _window = new(0);
    private TaskCompletionSource _drained = NewDrained(isDone: true);
    private Task _running = Task.CompletedTask;
    private Exception? _failure;
    private int _sentCount;
    private long _lastProgress;
    private bool _isClosing;

    public StreamPump(
        IngestService.IngestServiceClient service,
        StreamOpen open,
        TsdbWriterOptions options,
        SeriesTexts series)
    {
        _service = service;
        _open = open;
        _options = options;
        _series = series;
    }

    /// <summary>The greatest number known to be durable.</summary>
    public ulong DurableSequence { get; private set; }

    /// <summary>Connects for the first time.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        AsyncDuplexStreamingCall<StreamRequest, StreamReply> call = Call();
        using CancellationTokenRegistration giveUp = cancellationToken.Register(call.Dispose);
        try
        {
            StreamOpened opened = await OpenAsync(call).ConfigureAwait(false);
            _window = new SemaphoreSlim((int)Math.Clamp(opened.Window, 1, (uint)_options.WindowCount));
        }
        catch (RpcException fault)
        {
            call.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            throw RpcErrors.Translate(fault);
        }

        _running = Task.Run(() => RunAsync(call), CancellationToken.None);
    }

    /// <summary>Waits for room in the window.</summary>
    public async Task AdmitAsync(CancellationToken cancellationToken)
    {
        await _window.WaitAsync(cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            if (_failure is not null)
            {
                _window.Release();
                throw new TsdbException(_failure.Message, "Aborted", _failure);
            }
        }
    }

    /// <summary>Sends a batch for which there is room.</summary>
    public void Send(SentBatch batch)
    {
        lock (_gate)
        {
            if (_failure is not null)
            {
                batch.Fail(_failure);
                return;
            }

            if (_unacknowledged.Count == 0)
            {
                _drained = NewDrained(isDone: false);
                _lastProgress = _options.Clock.GetTimestamp();
            }

            _unacknowledged.Add(batch);
        }

        _work.Release();
    }

    /// <summary>Completes when all that was sent is acknowledged.</summary>
    public Task WhenDrainedAsync()
    {
        lock (_gate)
        {
            return _drained.Task;
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isClosing = true;
        }

        _work.Release();
        await _running.ConfigureAwait(false);
        await _stop.CancelAsync().ConfigureAwait(false);
        _stop.Dispose();
        _work.Dispose();
        _window.Dispose();
    }

    private static TaskCompletionSource NewDrained(bool isDone)
    {
        TaskCompletionSource drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
        if (isDone)
        {
            drained.SetResult();
        }

        return drained;
    }

    // No deadline: a writer may live for months.
    private AsyncDuplexStreamingCall<StreamRequest, StreamReply> Call() =>
        _service.WriteStream(new CallOptions(cancellationToken: _stop.Token));

    private async Task RunAsync(AsyncDuplexStreamingCall<StreamRequest, StreamReply>? call)
    {
        TimeSpan pause = _options.RetryPause;
        while (true)
        {
            try
            {
                if (call is null)
                {
                    call = Call();
                    await OpenAsync(call).ConfigureAwait(false);
                    pause = _options.RetryPause;
                }

                await ServeAsync(call).ConfigureAwait(false);
                return;
            }
            catch (RpcException fault) when (IsTransient(fault) && !IsOverdue())
            {
                // Tried again below.
            }
            catch (RpcException fault)
            {
                Fail(RpcErrors.Translate(fault));
                return;
            }
            finally
            {
                call?.Dispose();
            }

            call = null;
            await Task.Delay(pause, _options.Clock).ConfigureAwait(false);
            pause = pause * 2 < _pauseMax ? pause * 2 : _pauseMax;
        }
    }

    private async Task<StreamOpened> OpenAsync(AsyncDuplexStreamingCall<StreamRequest, StreamReply> call)
    {
        await call.RequestStream.WriteAsync(new StreamRequest { Open = _open }).ConfigureAwait(false);
        if (!await call.ResponseStream.MoveNext(CancellationToken.None).ConfigureAwait(false)
            || call.ResponseStream.Current.Opened is not StreamOpened opened)
        {
            throw new RpcException(new Status(StatusCode.Internal, "the server did not open the stream"));
        }

        lock (_gate)
        {
            _sentCount = 0;
        }

        // Its acknowledgement was lost with the connection, and with it what was refused.
        Acknowledge(opened.DurableSequence, []);
        return opened;
    }

    private async Task ServeAsync(AsyncDuplexStreamingCall<StreamRequest, StreamReply> call)
    {
        using CancellationTokenSource stop = new();
        Task sending = SendAllAsync(call.RequestStream, stop.Token);
        try
        {
            while (await call.ResponseStream.MoveNext(CancellationToken.None).ConfigureAwait(false))
            {
                if (call.ResponseStream.Current.Ack is StreamAck ack)
                {
                    Acknowledge(ack.Sequence, ack.Outcomes);
                }
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        lock (_gate)
        {
            if (!_isClosing || _unacknowledged.Count > 0)
            {
                throw new RpcException(new Status(StatusCode.Unavailable, "the server ended the stream"));
            }
        }
    }

    private async Task SendAllAsync(IClientStreamWriter<StreamRequest> requests, CancellationToken stop)
    {
        ConnectionState state = new(_series);
        while (true)
        {
            SentBatch? next = null;
            lock (_gate)
            {
                if (_sentCount < _unacknowledged.Count)
                {
                    next = _unacknowledged[_sentCount++];
                }
                else if (_isClosing)
                {
                    break;
                }
            }

            if (next is null)
            {
                await _work.WaitAsync(stop).ConfigureAwait(false);
                continue;
            }

            StreamRequest request = new() { Sequence = next.Sequence, Ipc = state.Frame(next) };
            await requests.WriteAsync(request, stop).ConfigureAwait(false);
        }

        await requests.CompleteAsync().ConfigureAwait(false);
    }

    private void Acknowledge(ulong sequence, RepeatedField<StreamOutcome> outcomes)
    {
        int next = 0;
        lock (_gate)
        {
            DurableSequence = Math.Max(DurableSequence, sequence);
            _lastProgress = _options.Clock.GetTimestamp();
            while (_unacknowledged.Count > 0 && _unacknowledged[0].Sequence <= sequence)
            {
                SentBatch batch = _unacknowledged[0];
                _unacknowledged.RemoveAt(0);
                _sentCount = Math.Max(0, _sentCount - 1);
                while (next < outcomes.Count && outcomes[next].Sequence < batch.Sequence)
                {
                    next++;
                }

                batch.Complete(
                    next < outcomes.Count && outcomes[next].Sequence == batch.Sequence
                        ? RpcErrors.ToOutcome(outcomes[next])
                        : new TsdbWriteOutcome(batch.RowCount, 0, []));
                _window.Release();
            }

            if (_unacknowledged.Count == 0)
            {
                _drained.TrySetResult();
            }
        }
    }

    private void Fail(Exception reason)
    {
        lock (_gate)
        {
            _failure = reason;
            foreach (SentBatch batch in _unacknowledged)
            {
                batch.Fail(reason);
                _window.Release();
            }

            // Whoever waits for room is woken, one by the other.
            _window.Release();
            _unacknowledged.Clear();
            _drained.TrySetException(reason);
        }
    }

    private bool IsOverdue() => _options.Clock.GetElapsedTime(_lastProgress) > _options.RetryTime;

    private static bool IsTransient(RpcException fault) =>
        fault.StatusCode is StatusCode.Unavailable or StatusCode.Aborted
        || RpcErrors.IsForLater(fault)
        || fault.Status.DebugException is IOException or HttpRequestException;
}
