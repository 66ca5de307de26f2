using Tsdb.Core;
using Tsdb.Storage.Devices;

namespace Tsdb.Storage.Wal;

/// <summary>
/// Reads durable frames one after the other, beside the writer. A file that is let go of meanwhile is
/// noticed: what is written over it has another sequence. Not thread safe.
/// </summary>
internal sealed class WalTailReader(IStorageDevice device, WalOptions options) : IDisposable
{
    private WalFileReader? _file;
    private long _sequence;
    private long _offsetBytes;
    private ulong _fileLsn;

    /// <summary>LSN of the frame to be read next.</summary>
    public ulong NextLsn { get; private set; } = 1;

    /// <summary>Goes on at another frame.</summary>
    public void Seek(ulong lsn)
    {
        Close();
        NextLsn = lsn;
    }

    /// <summary>Reads the next frame.</summary>
    /// <param name="view">The log; the frame is durable and in one of its files.</param>
    /// <param name="payload">The payload; valid until the next call.</param>
    /// <exception cref="WalCorruptException">It is not there as it was written.</exception>
    /// <exception cref="StorageDeviceException">The device cannot read, or the file has gone.</exception>
    public WalFrame Read(in WalView view, out ReadOnlySpan<byte> payload)
    {
        Invariant.Holds(NextLsn <= view.DurableLsn);
        WalLogFile log = view.Find(NextLsn)!.Value;
        WalFileReader file = Open(log);
        while (true)
        {
            WalFrameStatus status = file.ReadFrame(_offsetBytes, NextLsn - 1, out WalFrame frame, out _);
            if (status != WalFrameStatus.Valid || frame.Lsn != _fileLsn)
            {
                if (TryPassDamage(file))
                {
                    continue;
                }

                long offsetBytes = _offsetBytes;
                Close();
                throw new WalCorruptException(
                    log.Path,
                    offsetBytes,
                    $"a sound frame with LSN {_fileLsn}",
                    status == WalFrameStatus.Valid ? $"LSN {frame.Lsn}" : status.ToString(),
                    new WalLostRange(NextLsn, NextLsn));
            }

            _offsetBytes += frame.SizeBytes;
            _fileLsn++;
            if (frame.Lsn == NextLsn)
            {
                NextLsn++;
                payload = file.Payload.Span;
                return frame;
            }
        }
    }

    /// <summary>The frame behind the damaged one that is to be read next: the first that has a sound header.
    /// One above the last durable frame when there is none.</summary>
    /// <exception cref="StorageDeviceException">The device cannot read, or the file has gone.</exception>
    public ulong FindBehindDamage(in WalView view)
    {
        WalLogFile log = view.Find(NextLsn)!.Value;
        ulong limitLsn = view.DurableLsn + 1;
        foreach (WalLogFile other in view.Files)
        {
            limitLsn = other.FirstLsn > NextLsn ? Math.Min(limitLsn, other.FirstLsn) : limitLsn;
        }

        Close();
        WalScan scan = Open(log).Scan(WalFileHeader.SizeBytes, NextLsn);
        return scan.Next is { } next ? Math.Min(next.Lsn, limitLsn) : limitLsn;
    }

    public void Dispose() => Close();

    /// <summary>Goes over damage before the frame that is wanted; false where that one is not behind
    /// it.</summary>
    private bool TryPassDamage(WalFileReader file)
    {
        if (_fileLsn >= NextLsn || file.Scan(_offsetBytes, NextLsn - 1) is not { Next: { } next } scan
            || next.Lsn != NextLsn)
        {
            return false;
        }

        _offsetBytes = scan.NextOffsetBytes;
        _fileLsn = NextLsn;
        return true;
    }

    private WalFileReader Open(in WalLogFile log)
    {
        if (_file is null || _sequence != log.Sequence)
        {
            Close();
            _file = new WalFileReader(device, options, log.Path, log.Sequence);
            _sequence = log.Sequence;
            _offsetBytes = WalFileHeader.SizeBytes;
            _fileLsn = log.FirstLsn;
        }

        return _file;
    }

    private void Close()
    {
        _file?.Dispose();
        _file = null;
    }
}
