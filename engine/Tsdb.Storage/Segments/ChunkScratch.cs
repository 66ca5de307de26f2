using Tsdb.Core;

namespace Tsdb.Storage.Segments;

/// <summary>
/// Memory for reading chunks, and a few windows of files that were just read: chunks of one column lie side
/// by side, so that one read from the device mostly serves several. For one thread; serves any number of
/// segments.
/// </summary>
internal sealed class ChunkScratch
{
    private const int WindowCount = 8;
    private const int MinWindowSizeBytes = 4 << 10;
    private const int MaxWindowSizeBytes = 64 << 10;

    private readonly Window[] _windows = new Window[WindowCount];
    private long _useCount;

    /// <summary>Device reads so far.</summary>
    public long ReadCount { get; private set; }

    /// <summary>Bytes read from the device so far.</summary>
    public long ReadSizeBytes { get; private set; }

    /// <summary>Bytes of a segment's data section; valid until the next call.</summary>
    public ReadOnlySpan<byte> Read(SegmentReader segment, long offsetBytes, int sizeBytes)
    {
        ref Window oldest = ref _windows[0];
        foreach (ref Window window in _windows.AsSpan())
        {
            if (window.Segment == segment && window.Holds(offsetBytes, sizeBytes))
            {
                window.LastUse = ++_useCount;
                return window.Bytes.AsSpan((int)(offsetBytes - window.OffsetBytes), sizeBytes);
            }

            if (window.LastUse < oldest.LastUse)
            {
                oldest = ref window;
            }
        }

        return Fill(ref oldest, segment, offsetBytes, sizeBytes);
    }

    /// <summary>A read that goes on where a window ended doubles it; any other starts small again.</summary>
    private ReadOnlySpan<byte> Fill(ref Window oldest, SegmentReader segment, long offsetBytes, int sizeBytes)
    {
        Invariant.Holds(sizeBytes >= 0);
        int windowSizeBytes = MinWindowSizeBytes;
        foreach (ref Window window in _windows.AsSpan())
        {
            if (window.Segment == segment && window.Touches(offsetBytes))
            {
                windowSizeBytes = Math.Min(MaxWindowSizeBytes, window.SizeBytes * 2);
                oldest = ref window;
                break;
            }
        }

        long leftBytes = Math.Max(sizeBytes, segment.Footer.Data.EndBytes - offsetBytes);
        int neededBytes = (int)Math.Min(leftBytes, Math.Max(windowSizeBytes, sizeBytes));
        if (oldest.Bytes is null || oldest.Bytes.Length < neededBytes)
        {
            oldest.Bytes = GC.AllocateUninitializedArray<byte>(neededBytes);
        }

        oldest.Segment = null;
        segment.ReadData(offsetBytes, oldest.Bytes.AsSpan(0, neededBytes));
        oldest.Segment = segment;
        oldest.OffsetBytes = offsetBytes;
        oldest.SizeBytes = neededBytes;
        oldest.LastUse = ++_useCount;
        ReadCount++;
        ReadSizeBytes += neededBytes;
        return oldest.Bytes.AsSpan(0, sizeBytes);
    }

    private struct Window
    {
        public SegmentReader? Segment;
        public byte[]? Bytes;
        public long OffsetBytes;
        public int SizeBytes;
        public long LastUse;

        public readonly bool Holds(long offsetBytes, int sizeBytes) =>
            offsetBytes >= OffsetBytes && offsetBytes + sizeBytes <= OffsetBytes + SizeBytes;

        public readonly bool Touches(long offsetBytes) =>
            offsetBytes > OffsetBytes && offsetBytes <= OffsetBytes + SizeBytes;
    }
}
