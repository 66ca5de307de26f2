using Tsdb.Core;

namespace Tsdb.Storage.Segments;

/// <summary>
/// The block indexes of a database's open segments, as far as there is memory for them: when their share is
/// used up, those not used since the last look are dropped, and read again when they are wanted. What is in
/// use all the time may go beyond the share, up to twice as much: dropping it would only have it read again.
/// </summary>
/// <remarks>Thread safe. A reader that holds a dropped index may go on using it.</remarks>
/// <param name="memory">Pays; null where nobody keeps accounts, and then nothing is dropped.</param>
internal sealed class SegmentIndexCache(DatabaseMemory? memory)
{
    private readonly MemoryAccount? _account = memory?.SegmentIndexes;
    private readonly Lock _gate = new();
    private readonly List<SegmentReader> _loaded = [];
    private int _next;

    // What other uses of memory hold too much of is theirs to give back.
    private long ExcessBytes =>
        memory is null ? 0 : memory.SegmentIndexesUsedBytes - memory.SegmentIndexesLimitBytes;

    /// <summary>A segment's index was read: pays for it, and drops others if need be.</summary>
    public void NoteLoaded(SegmentReader segment)
    {
        _account?.Charge(segment.BlockIndexSizeBytes);
        lock (_gate)
        {
            _loaded.Add(segment);
            MakeRoom(segment);
        }
    }

    /// <summary>Pays for what a segment keeps as long as it is open, and drops others if need be.</summary>
    public void NoteOpened(SegmentReader segment)
    {
        _account?.Charge(segment.FixedSizeBytes);
        lock (_gate)
        {
            MakeRoom(segment);
        }
    }

    /// <summary>A segment is closed.</summary>
    public void NoteClosed(SegmentReader segment)
    {
        _account?.Release(segment.FixedSizeBytes);
        lock (_gate)
        {
            int index = _loaded.IndexOf(segment);
            if (index >= 0)
            {
                RemoveAt(index);
            }
        }
    }

    private void MakeRoom(SegmentReader newest)
    {
        int lookCount = _loaded.Count;
        while (lookCount-- > 0 && ExcessBytes > 0)
        {
            _next = _next < _loaded.Count ? _next : 0;
            SegmentReader segment = _loaded[_next];
            bool isSpared = segment == newest
                || (segment.TakeIsUsed() && ExcessBytes < memory!.SegmentIndexesLimitBytes);
            if (isSpared)
            {
                _next++;
            }
            else
            {
                segment.DropBlockIndex();
                RemoveAt(_next);
            }
        }
    }

    private void RemoveAt(int index)
    {
        _account?.Release(_loaded[index].BlockIndexSizeBytes);
        _loaded[index] = _loaded[^1];
        _loaded.RemoveAt(_loaded.Count - 1);
    }
}
