using System.Buffers;
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
/// <remarks>A sender that waits has no buffer; else it grows with what arrives.</remarks>
internal sealed class TcpLineSession
{
    private const long LoggedRejectCountMax = 20;
    private const int GrowthFactor = 4;

    // A long line may wait this often, a second each, for memory to grow into.
    private const int GrowthWaitCountMax = 30;

    private static readonly TimeSpan _growthWait = TimeSpan.FromSeconds(1);

    private readonly Socket _socket;
    private readonly Database _database;
    private readonly ServerMetrics _metrics;
    private readonly ILogger _logger;
    private readonly TimeProvider _clock;
    private readonly MemoryHold _memory;
    private byte[] _buffer = [];
    private int _filledBytes;
    private long _rejectCount;

    public TcpLineSession(
        Socket socket, Database database, ServerMetrics metrics, ILogger logger, TimeProvider clock)
    {
        _socket = socket;
        _database = database;
        _memory = database.Writes.BeginHold();
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
        try
        {
            await ReceiveAsync(stop);
        }
        finally
        {
            GiveBack();
        }
    }

    /// <summary>How many senders there may be: all of them together begin with an eighth of the
    /// share.</summary>
    /// <param name="configuredMax">More are not wanted.</param>
    /// <param name="share">Pays for their buffers.</param>
    public static int CountMax(int configuredMax, MemoryAccount share) =>
        (int)Math.Clamp(share.LimitBytes / 8 / LineCut.FirstSizeBytes, 1, configuredMax);

    private async Task ReceiveAsync(CancellationToken stop)
    {
        bool isOpen = true;
        while (isOpen)
        {
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
                await GrowForLineAsync(stop);
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
            if (_filledBytes == 0 && _socket.Available == 0)
            {
                GiveBack();
                await _socket.ReceiveAsync(Memory<byte>.Empty, stop);
            }

            if (_buffer.Length == 0)
            {
                _memory.Set(LineCut.FirstSizeBytes);
                _buffer = ArrayPool<byte>.Shared.Rent(LineCut.FirstSizeBytes);
            }

            do
            {
                int sizeBytes = await _socket.ReceiveAsync(_buffer.AsMemory(_filledBytes), stop);
                _filledBytes += sizeBytes;
                if (sizeBytes == 0)
                {
                    return false;
                }
            }
            while (_socket.Available > 0
                && (_filledBytes < _buffer.Length || TryGrow(LineCut.PieceSizeBytes)));
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

    private async ValueTask GrowForLineAsync(CancellationToken stop)
    {
        if (_buffer.Length >= LineCut.LineSizeBytesMax)
        {
            throw new RequestFaultException(
                FaultKind.TooLarge, $"a line is longer than the limit of {LineCut.LineSizeBytesMax} bytes");
        }

        for (int waitCount = 0; !TryGrow(LineCut.LineSizeBytesMax); waitCount++)
        {
            // Others with half a line may wait likewise: somebody has to give up.
            if (waitCount == GrowthWaitCountMax)
            {
                throw LineCut.RefuseLongLine();
            }

            await Task.Delay(_growthWait, _clock, stop);
        }
    }

    private bool TryGrow(int sizeBytesMax)
    {
        int sizeBytes = Math.Min(_buffer.Length * GrowthFactor, sizeBytesMax);
        if (sizeBytes <= _buffer.Length || !_memory.TrySet(sizeBytes))
        {
            return false;
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent(sizeBytes);
        _buffer.AsSpan(0, _filledBytes).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
        return true;
    }

    private void GiveBack()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }

        _memory.Set(0);
    }
}
