using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tsdb.Core;
using Tsdb.Storage.Codecs;

namespace Tsdb.Storage.Memtables.Sealing;

/// <summary>Turns the open rows of a tail into a <see cref="SealedChunk"/>. Reusable; one thread.</summary>
internal sealed class RowSealer(Arena arena, ArenaCursor cursor)
{
    private readonly ColumnSealer _columns = new();
    private readonly long[] _values = new long[TailLayout.OpenRowCountMax];
    private ulong[] _words = [];

    /// <summary>Seals a full tail, all of its rows published, and lets its blocks be filled again.</summary>
    public void Seal(uint tail, RowShape shape) => Seal(tail, shape, default);

    /// <summary>Seals a tail's rows, all of them published, and those that come behind them: as many as fill
    /// it.</summary>
    public void Seal(uint tail, RowShape shape, RowRun run)
    {
        Span<ulong> head = arena.Words(tail, TailLayout.WordCount);
        int rowCount = shape.OpenRowCount;
        uint openRowCount = TailLayout.Low(head[TailLayout.Counts]);
        Invariant.Holds(openRowCount == TailLayout.High(head[TailLayout.ThirdBlockAndFill]));
        Invariant.Holds(openRowCount + run.Count == rowCount);
        int wordCount = Fill(head, shape, run, LastCodes(head, shape));
        uint chunk = cursor.Allocate(wordCount);
        _words.AsSpan(0, wordCount).CopyTo(arena.Words(chunk, wordCount));
        uint last = TailLayout.High(head[TailLayout.FirstAndLastChunk]);
        if (last == 0)
        {
            head[TailLayout.FirstAndLastChunk] = TailLayout.Pack(chunk, chunk);
        }
        else
        {
            arena.At(last) = chunk;
            head[TailLayout.FirstAndLastChunk] =
                TailLayout.Pack(TailLayout.Low(head[TailLayout.FirstAndLastChunk]), chunk);
        }

        head[TailLayout.ThirdBlockAndFill] = TailLayout.Low(head[TailLayout.ThirdBlockAndFill]);
        uint sealedCount = TailLayout.High(head[TailLayout.Counts]) + 1;
        Volatile.Write(ref head[TailLayout.Counts], TailLayout.Pack(0, sealedCount));

        // A reader that copies the open rows must see the new count before it can see the first new row.
        Thread.MemoryBarrier();
    }

    private int Fill(ReadOnlySpan<ulong> head, RowShape shape, RowRun run, ReadOnlySpan<byte> lastCodes)
    {
        int columnCount = shape.StrideWordCount;
        int wordCountMax = SealedChunk.WordCountMax(columnCount, shape.OpenRowCount);
        if (_words.Length < wordCountMax)
        {
            _words = new ulong[wordCountMax];
        }

        Span<long> values = _values.AsSpan(0, shape.OpenRowCount);
        int openRowCount = values.Length - run.Count;
        Span<byte> codes = MemoryMarshal.AsBytes(_words.AsSpan(SealedChunk.HeaderWordCount))[..columnCount];
        int wordCount = SealedChunk.HeaderWordCount + SealedChunk.CodeWordCount(columnCount);
        _words[SealedChunk.Next] = 0;
        for (int column = 0; column < columnCount; column++)
        {
            Gather(head, shape, column, values[..openRowCount]);
            if (run.Count > 0)
            {
                run.Column(column).CopyTo(values[openRowCount..]);
            }

            Span<ulong> target = _words.AsSpan(wordCount);
            ColumnType type = column < RowShape.HeaderWordCount
                ? ColumnType.Int64
                : shape.Types[column - RowShape.HeaderWordCount];
            codes[column] = type == ColumnType.Float64
                ? _columns.WriteDoubles(values, lastCodes.IsEmpty ? (byte)0 : lastCodes[column], target)
                : ColumnSealer.WriteIntegers(values, target);
            wordCount += SealedChunk.ColumnWordCount(codes[column], values.Length);
            if (column == 0)
            {
                ValueRange range = ValueRange.Of(values);
                _words[SealedChunk.MinTimestamp] = (ulong)range.Min;
                _words[SealedChunk.MaxTimestamp] = (ulong)range.Max;
            }
        }

        return wordCount;
    }

    /// <summary>How the columns of the chunk before were written: a hint for this one's.</summary>
    private ReadOnlySpan<byte> LastCodes(ReadOnlySpan<ulong> head, RowShape shape)
    {
        uint last = TailLayout.High(head[TailLayout.FirstAndLastChunk]);
        return last == 0
            ? []
            : MemoryMarshal.AsBytes(arena.Words(
                last + SealedChunk.HeaderWordCount, SealedChunk.CodeWordCount(shape.StrideWordCount)));
    }

    private void Gather(ReadOnlySpan<ulong> head, RowShape shape, int column, Span<long> values)
    {
        int stride = shape.StrideWordCount;
        for (uint row = 0; row < (uint)values.Length;)
        {
            uint block = TailLayout.BlockOf(head, row, out uint firstRow);
            int count = Math.Min(shape.BlockRowCount(firstRow), values.Length - (int)row);
            ref ulong source = ref Unsafe.Add(ref arena.At(block), column);
            foreach (ref long value in values.Slice((int)row, count))
            {
                value = (long)source;
                source = ref Unsafe.Add(ref source, stride);
            }

            row += (uint)count;
        }
    }
}
