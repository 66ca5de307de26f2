using System.Diagnostics;
using Tsdb.Core;
using Tsdb.Storage.Codecs;
using Tsdb.Storage.Devices;

namespace Tsdb.Storage.Segments;

/// <summary>
/// One immutable segment file, open for reading, its indexes in memory as they stand in the file plus eight
/// bytes a series. Thread safe; what a read needs besides is the caller's (<see cref="SeriesBlocks"/>).
/// </summary>
/// <remarks>
/// Counted: whoever opens it holds the first reference, <see cref="TryAcquire"/> adds one, <see
/// cref="Release"/> gives one back. The last release closes the file and, after <see cref="MarkObsolete"/>,
/// deletes it.
/// </remarks>
internal sealed class SegmentReader
{
    private readonly IStorageDevice _device;
    private readonly IStorageFile _file;
    private readonly SegmentHeader _header;
    private readonly ColumnLayout[][] _layouts;
    private readonly uint[] _series;
    private readonly int[] _recordEnds;
    private readonly Lock _loading = new();
    private byte[]? _blockIndex;
    private SegmentIndexCache? _cache;
    private int _referenceCount = 1;
    private volatile bool _isUsed;
    private volatile bool _isObsolete;

    private SegmentReader(
        IStorageDevice device,
        IStorageFile file,
        SegmentHeader header,
        SegmentFooter footer,
        SegmentIndexes indexes)
    {
        _device = device;
        _file = file;
        _header = header;
        Footer = footer;
        _layouts = indexes.Layouts;
        _series = indexes.Series;
        _recordEnds = indexes.RecordEnds;
        _blockIndex = indexes.BlockIndex;
    }

    /// <summary>The file, relative to the device's root.</summary>
    public string Path => _file.Path;

    /// <summary>What the writer said the segment is.</summary>
    public SegmentIdentity Identity => _header.Identity;

    /// <summary>Size, totals and features.</summary>
    public SegmentInfo Info => Footer.Totals;

    /// <summary>Deletes up to this LSN were carried out when it was written. Set once, before it is
    /// shown.</summary>
    public ulong AppliedLsn { get; set; }

    /// <summary>Series in the file.</summary>
    public int SeriesCount => _series.Length;

    /// <summary>Bytes of the index that is in memory only while there is room.</summary>
    public long BlockIndexSizeBytes => Footer.BlockIndex.SizeBytes;

    /// <summary>Bytes of the index that is in memory as long as the segment is open.</summary>
    public long FixedSizeBytes => (sizeof(uint) + sizeof(int)) * (long)_series.Length;

    internal SegmentFooter Footer { get; }

    /// <summary>The entries of all series; read from the file when they are not there or were
    /// dropped.</summary>
    /// <exception cref="SegmentCorruptException">They are damaged by now.</exception>
    internal ReadOnlySpan<byte> BlockIndex
    {
        get
        {
            byte[]? index = Volatile.Read(ref _blockIndex);
            if (!_isUsed)
            {
                _isUsed = true;
            }

            return index ?? LoadBlockIndex();
        }
    }

    /// <summary>Lets a cache decide how long the block index stays in memory. Once, before others know the
    /// reader.</summary>
    public void UseCache(SegmentIndexCache cache)
    {
        Invariant.Holds(_cache is null);
        _cache = cache;
        cache.NoteOpened(this);
        if (_blockIndex is not null)
        {
            cache.NoteLoaded(this);
        }
    }

    /// <summary>Whether the block index was used since the last call.</summary>
    internal bool TakeIsUsed()
    {
        bool isUsed = _isUsed;
        _isUsed = false;
        return isUsed;
    }

    /// <summary>Frees the block index until it is wanted again.</summary>
    internal void DropBlockIndex() => Volatile.Write(ref _blockIndex, null);

    /// <summary>Opens a segment and verifies everything but the data.</summary>
    /// <exception cref="SegmentFormatException">Its version or features are not ours.</exception>
    /// <exception cref="SegmentCorruptException">Header, indexes or footer are damaged.</exception>
    public static SegmentReader Open(IStorageDevice device, string path) =>
        Open(device, path, file => SegmentOpening.Open(device, file));

    /// <summary>Opens a segment that was just written, without reading back its indexes.</summary>
    /// <param name="device">Where it was written.</param>
    /// <param name="path">The file.</param>
    /// <param name="info">What the writer said of it.</param>
    /// <param name="indexes">The writer's; kept.</param>
    /// <exception cref="SegmentCorruptException">The file is not what was written.</exception>
    public static SegmentReader OpenWritten(
        IStorageDevice device, string path, SegmentInfo info, SegmentIndexes indexes) =>
        Open(device, path, file => SegmentOpening.OpenWritten(device, file, info, indexes));

    internal static SegmentReader Create(
        IStorageDevice device,
        IStorageFile file,
        SegmentHeader header,
        SegmentFooter footer,
        SegmentIndexes indexes) => new(device, file, header, footer, indexes);

    /// <summary>One more reference, unless the last one has been given back.</summary>
    public bool TryAcquire()
    {
        int count = Volatile.Read(ref _referenceCount);
        while (count > 0)
        {
            int seen = Interlocked.CompareExchange(ref _referenceCount, count + 1, count);
            if (seen == count)
            {
                return true;
            }

            count = seen;
        }

        return false;
    }

    /// <summary>
    /// Gives one reference back; the last one closes the file, and deletes it if it is obsolete.
    /// </summary>
    public void Release()
    {
        int left = Interlocked.Decrement(ref _referenceCount);
        Invariant.Holds(left >= 0);
        if (left == 0)
        {
            _file.Dispose();
            _cache?.NoteClosed(this);
            if (_isObsolete)
            {
                DeleteFile();
            }
        }
    }

    /// <summary>The manifest no longer names the file: it goes away with the last reference.</summary>
    public void MarkObsolete() => _isObsolete = true;

    /// <summary>Whether the manifest no longer names it.</summary>
    public bool IsObsolete => _isObsolete;

    /// <summary>Finds a series; false when the segment has none of its rows.</summary>
    public bool TryFindSeries(SeriesId series, out SeriesEntry entry)
    {
        int index = _series.AsSpan().BinarySearch(series.Value);
        entry = index < 0 ? default : GetSeries(index);
        return index >= 0;
    }

    /// <summary>The id of the series at a position in ascending order of their ids.</summary>
    public SeriesId GetSeriesId(int index) => new(_series[index]);

    /// <summary>The series at a position in ascending order of their ids.</summary>
    public SeriesEntry GetSeries(int index)
    {
        int startBytes = index == 0 ? 0 : _recordEnds[index - 1];
        int endBytes = _recordEnds[index];
        PackedReader source = new(BlockIndex[..endBytes], startBytes);
        int tableId = source.ReadCount(int.MaxValue);
        int layoutIndex = source.ReadCount(Math.Max(0, _layouts.Length - 1));
        long dataOffsetBytes = SegmentHeader.SizeBytes + (long)source.ReadUnsigned();
        long rowCount = source.ReadCount(int.MaxValue);
        long firstNs = unchecked(Identity.Window.FromNs + source.ReadSigned());
        long lastNs = unchecked((long)((ulong)firstNs + source.ReadUnsigned()));
        int blockCount = source.ReadCount(endBytes - startBytes);
        bool isPlausible = layoutIndex < _layouts.Length
            && rowCount <= (long)blockCount * SegmentBlock.MaxRowCount
            && dataOffsetBytes >= SegmentHeader.SizeBytes
            && dataOffsetBytes <= Footer.Data.EndBytes;
        if (source.IsMalformed || !isPlausible)
        {
            ThrowMalformed(startBytes);
        }

        return new SeriesEntry(
            new SeriesId(_series[index]),
            tableId,
            rowCount,
            blockCount,
            firstNs,
            lastNs,
            layoutIndex,
            dataOffsetBytes,
            source.OffsetBytes,
            endBytes);
    }

    /// <summary>The columns of a series, ascending by key.</summary>
    public ReadOnlySpan<ColumnLayout> GetColumns(in SeriesEntry series) => _layouts[series.LayoutIndex];

    /// <summary>Reads a range of the data section; damaged sizes do not lead beyond it.</summary>
    internal void ReadData(long offsetBytes, Span<byte> target)
    {
        bool isInside = offsetBytes >= Footer.Data.OffsetBytes
            && offsetBytes + target.Length <= Footer.Data.EndBytes;
        if (!isInside || _file.Read(offsetBytes, target) != target.Length)
        {
            throw new SegmentCorruptException(Path, offsetBytes, "chunk (cut off)", 0, 0);
        }
    }

    /// <summary>Has the next read of a range ask the device.</summary>
    internal void DropCached(long offsetBytes, long sizeBytes) => _file.DropCached(offsetBytes, sizeBytes);

    private static SegmentReader Open(
        IStorageDevice device, string path, Func<IStorageFile, SegmentReader> open)
    {
        IStorageFile? file = device.Open(path, FileOpenMode.Read);
        try
        {
            SegmentReader reader = open(file);
            file = null;
            return reader;
        }
        finally
        {
            file?.Dispose();
        }
    }

    private byte[] LoadBlockIndex()
    {
        lock (_loading)
        {
            if (Volatile.Read(ref _blockIndex) is { } loaded)
            {
                return loaded;
            }

            byte[] index = SegmentOpening.ReadBlockIndex(_file, Footer);
            Volatile.Write(ref _blockIndex, index);
            _cache?.NoteLoaded(this);
            return index;
        }
    }

    private void DeleteFile()
    {
        try
        {
            _device.Delete(Path);
        }
        catch (IOException exception)
        {
            // Whoever reads last, a query as well, comes here, and has no part in it. The next start
            // removes what the manifest does not name.
            Trace.TraceWarning($"a merged segment's file stays until the next start: {exception.Message}");
        }
    }

    /// <summary>The index passed its checksum and yet makes no sense.</summary>
    internal void ThrowMalformed(int offsetBytes) => throw new SegmentCorruptException(
        Path,
        Footer.BlockIndex.OffsetBytes + offsetBytes,
        "block index (makes no sense)",
        Footer.BlockIndex.Crc,
        Crc32C.Compute(BlockIndex));
}
