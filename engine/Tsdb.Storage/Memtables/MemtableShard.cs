using System.Runtime.CompilerServices;
using Tsdb.Core;
using Tsdb.Storage.Memtables.Sealing;

namespace Tsdb.Storage.Memtables;

/// <summary>
/// The rows of one shard's series since the last flush: per series a list of tails, one for each row shape,
/// each a list of sealed chunks and some open rows. Written by one thread at a time, read by any.
/// </summary>
internal sealed class MemtableShard(Arena arena, ArenaCursor cursor, RowSealer sealer)
{
    /// <summary>Grid on which the occupied stretches of time are noted, ns: the smallest window of a
    /// segment.</summary>
    public const long WindowGridNs = 2 * 3600 * Timestamp.NsPerSecond;

    // Lines of open rows that are asked for; behind them the machine fetches by itself.
    private const int PrefetchLineCount = 4;

    // Cells noted at most; past this many the flush takes one window for all time.
    private const int WindowCountMax = 1 << 16;

    private readonly HashSet<long> _windows = [];
    private uint[] _firstTails = [];
    private int _seriesCount;

    // The cell noted last: most rows fall into it.
    private long _windowFirstNs = long.MaxValue;
    private long _windowLastNs = long.MinValue;

    /// <summary>Gives memory to whoever writes the shard.</summary>
    public ArenaCursor Cursor => cursor;

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

    /// <summary>Asks for the first tail of the series at a place, which may be beyond the last.</summary>
    public void PrefetchTail(int place)
    {
        uint tail = FirstTail(place);
        if (tail != 0)
        {
            arena.Prefetch(tail);
        }
    }

    /// <summary>Asks for that tail's first open rows; the tail itself should be there by now.</summary>
    public void PrefetchRows(int place)
    {
        uint tail = FirstTail(place);
        if (tail == 0)
        {
            return;
        }

        uint block = TailLayout.Low(Unsafe.Add(ref arena.At(tail), TailLayout.FirstBlocks));
        if (block != 0)
        {
            arena.Prefetch(block, PrefetchLineCount);
        }
    }

    /// <summary>The tail for a series' rows of one shape. The writer's.</summary>
    public uint FindOrAddTail(int place, RowShape shape)
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
            ulong nextAndShape = arena.At(tail);
            if (TailLayout.High(nextAndShape) == (uint)shape.Index)
            {
                return tail;
            }

            tail = TailLayout.Low(nextAndShape);
        }

        return AddTail(place, first, shape);
    }

    /// <summary>
    /// Makes room for a row; the caller writes its time, ordinal and cells, and <see cref="Publish"/> shows
    /// it.
    /// </summary>
    /// <returns>Where the row is; 0 when rows of the tail must be published first.</returns>
    public uint Reserve(uint tail, RowShape shape, long timestampNs)
    {
        Span<ulong> head = arena.Words(tail, TailLayout.WordCount);
        uint fill = TailLayout.High(head[TailLayout.ThirdBlockAndFill]);
        if (fill == (uint)shape.OpenRowCount)
        {
            if (TailLayout.Low(head[TailLayout.Counts]) != fill)
            {
                return 0;
            }

            sealer.Seal(tail, shape);
            fill = 0;
        }

        uint block = FindOrAddBlock(head, fill, shape, out uint firstRow);
        uint row = block + ((fill - firstRow) * (uint)shape.StrideWordCount);
        head[TailLayout.ThirdBlockAndFill] += 1UL << 32;
        NoteTime(head, timestampNs);
        RowCount++;
        return row;
    }

    /// <summary>Appends rows of one series that come together, and shows them: as many as fill chunks go
    /// into chunks at once.</summary>
    public void AppendRun(int place, RowShape shape, RowRun run)
    {
        uint tail = FindOrAddTail(place, shape);
        Span<ulong> head = arena.Words(tail, TailLayout.WordCount);
        foreach (long timestampNs in run.Column(0))
        {
            NoteTime(head, timestampNs);
        }

        RowCount += run.Count;
        int done = 0;
        while (true)
        {
            uint fill = TailLayout.High(head[TailLayout.ThirdBlockAndFill]);
            int room = shape.OpenRowCount - (int)fill;
            if (run.Count - done < room)
            {
                break;
            }

            sealer.Seal(tail, shape, run.Slice(done, room));
            done += room;
        }

        while (done < run.Count)
        {
            uint fill = TailLayout.High(head[TailLayout.ThirdBlockAndFill]);
            uint block = FindOrAddBlock(head, fill, shape, out uint firstRow);
            int count = Math.Min(
                run.Count - done, shape.BlockRowCount(firstRow) - (int)(fill - firstRow));
            uint target = block + ((fill - firstRow) * (uint)shape.StrideWordCount);
            Span<ulong> words = arena.Words(target, count * shape.StrideWordCount);
            run.Slice(done, count).CopyTo(words, shape.StrideWordCount);
            head[TailLayout.ThirdBlockAndFill] += (ulong)count << 32;
            Volatile.Write(ref head[TailLayout.Counts], head[TailLayout.Counts] + (uint)count);
            done += count;
        }
    }

    /// <summary>Shows the oldest reserved row of the tail to readers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Publish(uint tail)
    {
        ref ulong counts = ref Unsafe.Add(ref arena.At(tail), TailLayout.Counts);
        Volatile.Write(ref counts, counts + 1);
    }

    private uint FindOrAddBlock(Span<ulong> head, uint fill, RowShape shape, out uint firstRow)
    {
        uint block = TailLayout.BlockOf(head, fill, out firstRow);
        return block != 0 ? block : AddBlock(head, firstRow, shape);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void NoteTime(Span<ulong> head, long timestampNs)
    {
        if (timestampNs <= (long)head[TailLayout.LastTimestamp])
        {
            head[TailLayout.IsUnordered] = 1;
        }
        else
        {
            head[TailLayout.LastTimestamp] = (ulong)timestampNs;
        }

        if (timestampNs < _windowFirstNs || timestampNs > _windowLastNs)
        {
            NoteWindow(timestampNs);
        }
    }

    private uint AddTail(int place, uint next, RowShape shape)
    {
        uint tail = cursor.AllocateLine(TailLayout.WordCount);
        Span<ulong> head = arena.Words(tail, TailLayout.WordCount);
        head.Clear();
        head[TailLayout.NextAndShape] = TailLayout.Pack(next, (uint)shape.Index);

        // A row at this very instant counts as unordered, which only costs a sort.
        head[TailLayout.LastTimestamp] = unchecked((ulong)long.MinValue);
        Volatile.Write(ref _firstTails[place], tail);
        if (place >= _seriesCount)
        {
            Volatile.Write(ref _seriesCount, place + 1);
        }

        return tail;
    }

    private uint AddBlock(Span<ulong> head, uint firstRow, RowShape shape)
    {
        uint block = cursor.Allocate(shape.BlockRowCount(firstRow) * shape.StrideWordCount);
        TailLayout.SetBlock(head, firstRow, block);
        return block;
    }

    private void NoteWindow(long timestampNs)
    {
        long quotient = Math.DivRem(timestampNs, WindowGridNs, out long rest);
        long window = rest < 0 ? quotient - 1 : quotient;
        if (_windows.Count < WindowCountMax)
        {
            _windows.Add(window);
        }

        // The cells at both ends of time reach beyond it.
        Int128 fromNs = (Int128)window * WindowGridNs;
        _windowFirstNs = (long)Int128.Max(fromNs, long.MinValue);
        _windowLastNs = (long)Int128.Min(fromNs + WindowGridNs - 1, long.MaxValue);
    }
}
