using Tsdb.Core;
using Tsdb.Storage.Devices;
using Tsdb.Storage.Flushing;
using Tsdb.Storage.Segments;

namespace Tsdb.Storage.Scrubbing;

/// <summary>
/// Verifies one segment file from its first byte to its last, block by block. It opens the file anew: what
/// the engine has of it in memory says nothing of the device.
/// </summary>
/// <remarks>One thread. The caller keeps the file from being deleted.</remarks>
internal sealed class SegmentScrub : IDisposable
{
    private readonly SegmentReader _segment;
    private readonly SegmentVerification _verification = new();
    private readonly IReadOnlySet<uint>? _series;
    private readonly TimeProvider _clock;
    private int _seriesIndex = -1;
    private int _block;
    private int _blockCount;
    private long _dataOffsetBytes;
    private long _dataSizeBytes;
    private long _countedSizeBytes;
    private int _rereadCount;

    private SegmentScrub(SegmentReader segment, IReadOnlySet<uint>? series, TimeProvider clock)
    {
        _segment = segment;
        _series = series;
        _clock = clock;
    }

    /// <summary>Opens a file, which verifies header, footer and indexes.</summary>
    /// <exception cref="SegmentCorruptException">They are damaged.</exception>
    /// <exception cref="StorageDeviceException">They cannot be read.</exception>
    public static SegmentScrub Open(IStorageDevice device, ScrubTarget target, TimeProvider clock)
    {
        SegmentReader segment = SegmentReader.Open(device, target.Path);
        try
        {
            segment.AppliedLsn = target.Entry.AppliedLsn;
            SegmentEntries.Verify(target.Entry, segment);
            return new SegmentScrub(segment, target.Series, clock);
        }
        catch
        {
            segment.Release();
            throw;
        }
    }

    /// <summary>Verifies the next block; false when there is none.</summary>
    /// <param name="damage">What is wrong with it; null when nothing is.</param>
    /// <exception cref="StorageDeviceException">The device cannot read it; the next call tries it
    /// again.</exception>
    public bool MoveNext(out SegmentDamage? damage)
    {
        damage = null;
        if (_block < _blockCount)
        {
            damage = VerifyBlock();
            _block++;
            return true;
        }

        DropCached();
        _dataSizeBytes = 0;
        int next = _seriesIndex + 1;
        if (next == _segment.SeriesCount)
        {
            return false;
        }

        // What fails leaves the series to the next call.
        int blockCount = IsWanted(next) ? OpenSeries(next, out damage) : 0;
        _seriesIndex = next;
        _block = 0;
        _blockCount = blockCount;
        return true;
    }

    /// <summary>Gives up what the device cannot read: a block, or a series of which it was to be
    /// found.</summary>
    public SegmentDamage Skip(IOException failure)
    {
        if (_block < _blockCount)
        {
            SegmentDamage damage = Describe(_verification.GetBlockOffsetBytes(_block), failure.Message);
            _block++;
            return damage;
        }

        _seriesIndex++;
        return DescribeSeries(_seriesIndex, _segment.Footer.BlockIndex.OffsetBytes, failure.Message);
    }

    /// <summary>Bytes read since the last call.</summary>
    public long TakeReadSizeBytes()
    {
        long sizeBytes = _verification.ReadSizeBytes - _countedSizeBytes;
        _countedSizeBytes = _verification.ReadSizeBytes;
        return sizeBytes;
    }

    /// <summary>Blocks that failed since the last call and were sound when they were read again.</summary>
    public int TakeRereadCount()
    {
        int count = _rereadCount;
        _rereadCount = 0;
        return count;
    }

    public void Dispose() => _segment.Release();

    private bool IsWanted(int seriesIndex) =>
        _series is null || _series.Contains(_segment.GetSeriesId(seriesIndex).Value);

    private int OpenSeries(int seriesIndex, out SegmentDamage? damage)
    {
        damage = null;
        try
        {
            int blockCount = _verification.Open(_segment, seriesIndex);
            _dataOffsetBytes = _segment.GetSeries(seriesIndex).DataOffsetBytes;
            _dataSizeBytes = _verification.DataEndBytes - _dataOffsetBytes;
            DropCached();
            return blockCount;
        }
        catch (SegmentCorruptException failure)
        {
            // Its record passed the checksum and makes no sense: its blocks cannot be found.
            damage = DescribeSeries(seriesIndex, failure.OffsetBytes, failure.Message);
            return 0;
        }
    }

    private SegmentDamage DescribeSeries(int seriesIndex, long offsetBytes, string message) => new(
        _segment.Identity.SegmentNumber,
        offsetBytes,
        TableId: null,
        _segment.GetSeriesId(seriesIndex),
        _segment.Info.MinTimestampNs,
        _segment.Info.MaxTimestampNs,
        RowCount: 0,
        Timestamp.Now(_clock),
        message);

    private SegmentDamage? VerifyBlock()
    {
        if (Find(_verification) is null)
        {
            return null;
        }

        // What was wrong may be the memory or the way to it: the device decides.
        DropCached();
        SegmentVerification second = new();
        second.Open(_segment, _seriesIndex);
        if (Find(second) is { } damage)
        {
            return Describe(damage.OffsetBytes, damage.Message);
        }

        _rereadCount++;
        return null;
    }

    private SegmentCorruptException? Find(SegmentVerification verification)
    {
        SegmentCorruptException? first = null;
        verification.VerifyBlock(_block, damage => first ??= damage);
        return first;
    }

    private SegmentDamage Describe(long offsetBytes, string message)
    {
        SeriesEntry series = _segment.GetSeries(_seriesIndex);
        (long firstNs, long lastNs, int rowCount) = _verification.GetBlock(_block);
        return new SegmentDamage(
            _segment.Identity.SegmentNumber,
            offsetBytes,
            series.TableId,
            series.Series,
            firstNs,
            lastNs,
            rowCount,
            Timestamp.Now(_clock),
            message);
    }

    /// <summary>Before a series is read, so that the device is asked; and after it, since queries have no use
    /// for it.</summary>
    private void DropCached()
    {
        if (_dataSizeBytes > 0)
        {
            _segment.DropCached(_dataOffsetBytes, _dataSizeBytes);
        }
    }
}
