using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Tsdb.Core;
using Tsdb.Engine;
using Tsdb.Ingest.Parse;
using Tsdb.Server.Endpoints;
using Tsdb.Server.Faults;
using Tsdb.Server.Telemetry;
using Tsdb.Storage;

namespace Tsdb.Server.LineListener;

/// <summary>
/// One sender's connection. What has arrived is stored as soon as the sender pauses, or at 1 MB. Bad lines
/// are counted and logged, and the others stored; a line without an end in 8 MB closes the connection.
/// </summary>
internal sealed class TcpLineSession
{
    private const long LoggedRejectCountMax = 20;

    private readonly Socket _socket;
    private readonly Database _database;
    private readonly ServerMetrics _metrics;
    private readonly ILogger _logger;
    private readonly TimeProvider _clock;
    private byte[] _buffer = new byte[LineCut.PieceSizeBytes];
    private int _filledBytes;
    private long _rejectCount;

    public TcpLineSession(
        Socket socket, Database database, ServerMetrics metrics, ILogger logger, TimeProvider clock)
    {
        _socket = socket;
        _database = database;
        _metrics = metrics;
        _logger = logger;
        _clock = clock;
    }

    /// <summary>
    /// Reads until the sender closes or the server stops; whole lines received by then are stored. What
    /// follows the last line end is not: without a length or a reply, only its end tells a line from a half.
    /// </summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using MemoryHold memory = _database.Writes.BeginHold();
        bool isOpen = true;
        while (isOpen)
        {
            memory.Set(_buffer.Length);
            isOpen = await FillAsync(stop);
            int endBytes = MeasureLines(isOpen || stop.IsCancellationRequested);
            if (endBytes > 0)
            {
                await StoreWhenPossibleAsync(_buffer.AsMemory(0, endBytes), stop);
                _buffer.AsSpan(endBytes, _filledBytes - endBytes).CopyTo(_buffer);
                _filledBytes -= endBytes;
            }
            else if (_filledBytes == _buffer.Length)
            {
                Grow();
            }
        }

        if (_filledBytes > 0)
        {
            _metrics.CountUnfinishedLine();
            ServerLog.LineUnfinished(_logger, $"{_socket.RemoteEndPoint}", _filledBytes);
        }
    }

    // Once the sender has closed, a quote still open is a stray one and every line end counts.
    private int MeasureLines(bool mayComeMore)
    {
        ReadOnlySpan<byte> text = _buffer.AsSpan(0, _filledBytes);
        return mayComeMore ? LineCut.Measure(text) : text.LastIndexOf((byte)'\n') + 1;
    }

    // Takes what is there: waits for the first bytes only, so that a pause is a flush.
    private async ValueTask<bool> FillAsync(CancellationToken stop)
    {
        try
        {
            do
            {
                int sizeBytes = await _socket.ReceiveAsync(_buffer.AsMemory(_filledBytes), stop);
                _filledBytes += sizeBytes;
                if (sizeBytes == 0)
                {
                    return false;
                }
            }
            while (_filledBytes < _buffer.Length && _socket.Available > 0);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    // Nobody is told of a refusal here: while memory is short nothing more is read, which holds the sender
    // back. What was stored of the lines is stored again as the same rows.
    private async Task StoreWhenPossibleAsync(ReadOnlyMemory<byte> lines, CancellationToken stop)
    {
        while (true)
        {
            TimeSpan delay;
            try
            {
                await StoreAsync(lines);
                return;
            }
            catch (StorageClosedException refused) when (
                refused is { Refusal: StorageRefusal.MemoryFull, RetryAfter: not null })
            {
                delay = refused.RetryAfter.Value;
            }

            await Task.Delay(delay, _clock, stop);
        }
    }

    private async Task StoreAsync(ReadOnlyMemory<byte> lines)
    {
        using LineWrite write = _database.Writes.BeginLines(TimestampPrecision.Nanosecond, Durability.Fsync);
        await write.AppendAsync(lines, CancellationToken.None);
        WriteOutcome outcome = await write.CommitAsync(CancellationToken.None);
        _metrics.CountWrite(outcome, lines.Length);
        foreach (RowReject reject in outcome.Rejects)
        {
            if (_rejectCount++ < LoggedRejectCountMax)
            {
                ServerLog.LineRefused(_logger, $"{_socket.RemoteEndPoint}", RejectText.Of(reject));
            }
        }
    }

    private void Grow()
    {
        if (_buffer.Length >= LineCut.LineSizeBytesMax)
        {
            throw new RequestFaultException(
                FaultKind.TooLarge, $"a line is longer than the limit of {LineCut.LineSizeBytesMax} bytes");
        }

        Array.Resize(ref _buffer, _buffer.Length * 2);
    }
}
