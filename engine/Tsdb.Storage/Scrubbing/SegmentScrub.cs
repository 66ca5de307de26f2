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

    private bool IsWanted =>
        _series is null || _series.Contains(_segment.GetSeriesId(_seriesIndex).Value);

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
        if (_block == _blockCount)
        {
            DropCached();
            _dataSizeBytes = 0;
            if (_seriesIndex == _segment.SeriesCount - 1)
            {
                return false;
            }

            _seriesIndex++;
            _block = 0;
            _blockCount = 0;
            damage = IsWanted ? OpenSeries() : null;
            return true;
        }

        damage = VerifyBlock();
        _block++;
        return true;
    }

    /// <summary>Gives the block up that the device cannot read.</summary>
    public SegmentDamage Skip(IOException failure)
    {
        SegmentDamage damage = Describe(_dataOffsetBytes, failure.Message);
        _block++;
        return damage;
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

    private SegmentDamage? OpenSeries()
    {
        try
        {
            _blockCount = _verification.Open(_segment, _seriesIndex);
            _dataOffsetBytes = _segment.GetSeries(_seriesIndex).DataOffsetBytes;
            _dataSizeBytes = _verification.DataEndBytes - _dataOffsetBytes;
            DropCached();
            return null;
        }
        catch (SegmentCorruptException damage)
        {
            // Its record passed the checksum and makes no sense: its blocks cannot be found.
            return new SegmentDamage(
                _segment.Identity.SegmentNumber,
                damage.OffsetBytes,
                TableId: null,
                _segment.GetSeriesId(_seriesIndex),
                _segment.Info.MinTimestampNs,
                _segment.Info.MaxTimestampNs,
                RowCount: 0,
                Timestamp.Now(_clock),
                damage.Message);
        }
    }

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
