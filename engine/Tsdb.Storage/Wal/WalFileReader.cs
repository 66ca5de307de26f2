using System.Buffers;
using Tsdb.Storage.Codecs;
using Tsdb.Storage.Devices;

namespace Tsdb.Storage.Wal;

/// <summary>Reads one log file: its header, the frame at an offset, and what sound frames follow
/// one.</summary>
internal sealed class WalFileReader : IDisposable
{
    private const int ScanSizeBytes = 64 * WalFrame.UnitSizeBytes;

    private readonly IStorageFile _file;
    private readonly WalOptions _options;
    private readonly long _sequence;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(ScanSizeBytes);

    public WalFileReader(IStorageDevice device, WalOptions options, string path, long sequence)
    {
        _options = options;
        _sequence = sequence;
        _file = device.Open(path, FileOpenMode.Read);
        Path = path;
        LengthBytes = _file.LengthBytes;
    }

    public string Path { get; }

    public long LengthBytes { get; }

    /// <summary>The payload of the frame read last; valid until the next read.</summary>
    public ReadOnlyMemory<byte> Payload { get; private set; }

    public WalFileHeader? ReadHeader(out string reason)
    {
        int count = _file.Read(0, _buffer.AsSpan(0, WalFileHeader.SizeBytes));
        return WalFileHeader.Read(_buffer.AsSpan(0, count), _options, Path, _sequence, out reason);
    }

    /// <summary>Reads the frame at an offset. Its payload is read and checked only if its LSN is above
    /// <paramref name="afterLsn"/>.</summary>
    public WalFrameStatus ReadFrame(long offsetBytes, ulong afterLsn, out WalFrame frame, out uint headerCrc)
    {
        frame = default;
        headerCrc = 0;
        Payload = default;
        if (offsetBytes + WalFrame.UnitSizeBytes > LengthBytes)
        {
            return WalFrameStatus.EndOfFile;
        }

        int count = _file.Read(offsetBytes, _buffer.AsSpan(0, WalFrame.UnitSizeBytes));
        WalFrameStatus status =
            WalFrame.Read(_buffer.AsSpan(0, count), _options, _sequence, out frame, out headerCrc);
        if (status != WalFrameStatus.Valid || frame.Lsn <= afterLsn)
        {
            return status;
        }

        return ReadPayload(offsetBytes, frame) ? WalFrameStatus.Valid : WalFrameStatus.BadPayload;
    }

    /// <summary>Looks through the rest of the file: the first sound header with an LSN above
    /// <paramref name="aboveLsn"/>, and the highest known-durable LSN in any.</summary>
    public WalScan Scan(long offsetBytes, ulong aboveLsn)
    {
        var scan = default(WalScan);
        while (offsetBytes + WalFrame.UnitSizeBytes <= LengthBytes)
        {
            int count = _file.Read(offsetBytes, _buffer.AsSpan(0, ScanSizeBytes));
            if (count < WalFrame.UnitSizeBytes)
            {
                break;
            }

            offsetBytes += ScanBlock(_buffer.AsSpan(0, count), offsetBytes, aboveLsn, ref scan);
        }

        return scan;
    }

    public void Dispose()
    {
        _file.Dispose();
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    // Gives how far to go on: past the block, or past a frame that reaches out of it.
    private long ScanBlock(ReadOnlySpan<byte> block, long blockOffset, ulong aboveLsn, ref WalScan scan)
    {
        long position = 0;
        while (position + WalFrame.UnitSizeBytes <= block.Length)
        {
            WalFrameStatus status =
                WalFrame.Read(block[(int)position..], _options, _sequence, out WalFrame frame, out _);
            if (status != WalFrameStatus.Valid)
            {
                position += WalFrame.UnitSizeBytes;
                continue;
            }

            scan = scan.With(frame, blockOffset + position, aboveLsn);
            position += frame.SizeBytes;
        }

        return Math.Max(position, WalFrame.UnitSizeBytes);
    }

    private bool ReadPayload(long offsetBytes, in WalFrame frame)
    {
        if (offsetBytes + frame.SizeBytes > LengthBytes)
        {
            return false;
        }

        int wholeSizeBytes = WalFrame.HeaderSizeBytes + frame.PayloadSizeBytes;
        if (wholeSizeBytes > WalFrame.UnitSizeBytes)
        {
            GrowBuffer(wholeSizeBytes);
            Span<byte> rest = _buffer.AsSpan(WalFrame.UnitSizeBytes, wholeSizeBytes - WalFrame.UnitSizeBytes);
            if (_file.Read(offsetBytes + WalFrame.UnitSizeBytes, rest) < rest.Length)
            {
                return false;
            }
        }

        Memory<byte> payload = _buffer.AsMemory(WalFrame.HeaderSizeBytes, frame.PayloadSizeBytes);
        if (Crc32C.Compute(payload.Span) != frame.PayloadCrc32C)
        {
            return false;
        }

        Payload = payload;
        return true;
    }

    private void GrowBuffer(int sizeBytes)
    {
        if (_buffer.Length >= sizeBytes)
        {
            return;
        }

        byte[] grown = ArrayPool<byte>.Shared.Rent(sizeBytes);
        _buffer.AsSpan(0, WalFrame.UnitSizeBytes).CopyTo(grown);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = grown;
    }
}
