using Tsdb.Core;

namespace Tsdb.Storage.Memtables;

/// <summary>
/// The rows of one shard's series since the last flush: per series a list of tails, one for each row shape,
/// each a
/// list of chunks of rows. Written by the commit thread, read by any.
/// </summary>
internal sealed class MemtableShard(Arena arena, int shardCount)
{
    /// <summary>Grid on which the occupied stretches of time are noted, ns: the smallest window of a
    /// segment.</summary>
    public const long WindowGridNs = 2 * 3600 * Timestamp.NsPerSecond;

    // Cells noted at most; past this many the flush takes one window for all time.
    private const int WindowCountMax = 1 << 16;

    private readonly HashSet<long> _windows = [];
    private uint[] _firstTails = [];
    private int _seriesCount;
    private long _lastWindow = long.MinValue;
    private uint _nextOrdinal;

    /// <summary>Rows appended, duplicates counted apart.</summary>
    public long RowCount { get; private set; }

    /// <summary>
    /// Grid cells (timestamp / <see cref="WindowGridNs"/>, rounded down) that have rows; null when there are
    /// too many to tell.
    /// </summary>
    public IReadOnlyCollection<long>? OccupiedWindows => _windows.Count < WindowCountMax ? _windows : null;

    /// <summary>Places (series id / shard count) at and above this have no rows.</summary>
    public int SeriesCount => Volatile.Read(ref _seriesCount);

    /// <summary>The first tail of the series at a place, or 0 when it has no rows.</summary>
    public uint FirstTail(int place) =>
        place < SeriesCount ? Volatile.Read(ref Volatile.Read(ref _firstTails)[place]) : 0;

    /// <summary>Makes room for a row and returns its cells, to be filled at once; <see cref="Publish"/> shows
    /// it.</summary>
    public Span<ulong> Append(uint seriesId, RowShape shape, long timestampNs, out uint tail)
    {
        tail = FindOrAddTail((int)(seriesId / (uint)shardCount), shape);
        Span<ulong> head = arena.Words(tail, TailLayout.WordCount);
        ulong fill = head[TailLayout.LastChunkFill];
        uint fillCount = TailLayout.Low(fill);
        if (fillCount == TailLayout.High(fill))
        {
            AddChunk(head, shape);
            fill = head[TailLayout.LastChunkFill];
            fillCount = 0;
        }

        uint chunk = TailLayout.High(head[TailLayout.FirstAndLastChunk]);
        int stride = shape.StrideWordCount;
        uint row = chunk + TailLayout.ChunkHeaderWordCount + (fillCount * (uint)stride);
        Span<ulong> words = arena.Words(row, stride);
        words[0] = (ulong)timestampNs;
        words[1] = _nextOrdinal++;
        if (head[TailLayout.RowCount] > 0 && timestampNs <= (long)head[TailLayout.LastTimestamp])
        {
            head[TailLayout.IsUnordered] = 1;
        }
        else
        {
            head[TailLayout.LastTimestamp] = (ulong)timestampNs;
        }

        head[TailLayout.LastChunkFill] = fill + 1;
        NoteWindow(timestampNs);
        return words[RowShape.HeaderWordCount..];
    }

    /// <summary>Shows the row that <see cref="Append"/> made room for to readers.</summary>
    public void Publish(uint tail)
    {
        ref ulong rowCount = ref arena.Words(tail, TailLayout.WordCount)[TailLayout.RowCount];
        Volatile.Write(ref rowCount, rowCount + 1);
        RowCount++;
    }

    private uint FindOrAddTail(int place, RowShape shape)
    {
        if (place >= _firstTails.Length)
        {
            uint[] larger = _firstTails;
            Array.Resize(ref larger, Math.Max(place + 1, Math.Max(64, larger.Length * 2)));
            Volatile.Write(ref _firstTails, larger);
        }

        uint first = _firstTails[place];
        for (uint tail = first; tail != 0;)
        {
            ulong nextAndShape = arena.Words(tail, TailLayout.WordCount)[TailLayout.NextAndShape];
            if (TailLayout.High(nextAndShape) == (uint)shape.Index)
            {
                return tail;
            }

            tail = TailLayout.Low(nextAndShape);
        }

        return AddTail(place, first, shape);
    }

    private uint AddTail(int place, uint next, RowShape shape)
    {
        uint tail = arena.Allocate(TailLayout.WordCount);
        Span<ulong> head = arena.Words(tail, TailLayout.WordCount);
        head.Clear();
        head[TailLayout.NextAndShape] = TailLayout.Pack(next, (uint)shape.Index);
        Volatile.Write(ref _firstTails[place], tail);
        if (place >= _seriesCount)
        {
            Volatile.Write(ref _seriesCount, place + 1);
        }

        return tail;
    }

    private void AddChunk(Span<ulong> head, RowShape shape)
    {
        uint last = TailLayout.High(head[TailLayout.FirstAndLastChunk]);
        uint capacity = TailLayout.High(head[TailLayout.LastChunkFill]);
        int fittingRowCount = (Arena.WordCountMax - 2) / shape.StrideWordCount;
        capacity = capacity == 0
            ? TailLayout.FirstChunkRowCount
            : Math.Min(TailLayout.ChunkRowCountMax, capacity * 2);
        capacity = (uint)Math.Min(capacity, fittingRowCount);
        uint chunk =
            arena.Allocate(TailLayout.ChunkHeaderWordCount + ((int)capacity * shape.StrideWordCount));
        arena.Words(chunk, 1)[0] = TailLayout.Pack(0, capacity);
        if (last == 0)
        {
            head[TailLayout.FirstAndLastChunk] = TailLayout.Pack(chunk, chunk);
        }
        else
        {
            Span<ulong> lastHeader = arena.Words(last, 1);
            lastHeader[0] = TailLayout.Pack(chunk, TailLayout.High(lastHeader[0]));
            head[TailLayout.FirstAndLastChunk] =
                TailLayout.Pack(TailLayout.Low(head[TailLayout.FirstAndLastChunk]), chunk);
        }

        head[TailLayout.LastChunkFill] = TailLayout.Pack(0, capacity);
    }

    private void NoteWindow(long timestampNs)
    {
        long window = FloorToGrid(timestampNs);
        if (window != _lastWindow)
        {
            _lastWindow = window;
            if (_windows.Count < WindowCountMax)
            {
                _windows.Add(window);
            }
        }
    }

    private static long FloorToGrid(long timestampNs)
    {
        long quotient = Math.DivRem(timestampNs, WindowGridNs, out long rest);
        return rest < 0 ? quotient - 1 : quotient;
    }
}
