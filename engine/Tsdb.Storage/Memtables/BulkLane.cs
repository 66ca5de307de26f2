using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tsdb.Core;
using Tsdb.Storage.Commits;

namespace Tsdb.Storage.Memtables;

/// <summary>
/// One lane of a <see cref="BulkAppend"/>: takes rows out of the columns series by series, some thousand at a
/// time, each column of them at once: what lies together is fetched together.
/// </summary>
/// <remarks>Reusable; one thread.</remarks>
internal sealed class BulkLane
{
    // With ten columns it is what the second cache level holds beside other things.
    private const int PieceRowCountMax = 2048;

    private ulong[] _words = [];

    /// <summary>The lane's rows.</summary>
    public SeriesRuns Runs { get; } = new();

    /// <summary>Appends the rows of <see cref="Runs"/>, which are sorted.</summary>
    public void Append(ResolvedTable table, RowShape shape, uint firstOrdinal, MemtableShard[] shards)
    {
        if (_words.Length < shape.StrideWordCount * PieceRowCountMax)
        {
            _words = new ulong[shape.StrideWordCount * PieceRowCountMax];
        }

        int series = 0;
        ReadOnlySpan<int> ordered = Runs.Ordered;
        for (int first = 0; first < ordered.Length; first += PieceRowCountMax)
        {
            ReadOnlySpan<int> rows = ordered.Slice(first, Math.Min(PieceRowCountMax, ordered.Length - first));
            Gather(table, firstOrdinal, rows);
            series = AppendPiece(series, first, rows.Length, shape, shards);
        }
    }

    /// <summary>Appends the gathered rows; gives the series that the next piece begins with.</summary>
    private int AppendPiece(int series, int first, int count, RowShape shape, MemtableShard[] shards)
    {
        int done = 0;
        while (done < count)
        {
            int end = Math.Min(Runs.EndAt(series) - first, count);
            uint id = Runs.SeriesAt(series);
            RowRun run = new(_words, PieceRowCountMax, done, end - done);
            shards[id % (uint)shards.Length].AppendRun((int)(id / (uint)shards.Length), shape, run);
            done = end;
            series += Runs.EndAt(series) - first == end ? 1 : 0;
        }

        return series;
    }

    private void Gather(ResolvedTable table, uint firstOrdinal, ReadOnlySpan<int> rows)
    {
        Gather(MemoryMarshal.Cast<long, ulong>(table.Rows.TimestampsNs.AsSpan()), rows, 0);
        Span<ulong> ordinals = _words.AsSpan(PieceRowCountMax, rows.Length);
        for (int i = 0; i < ordinals.Length; i++)
        {
            ordinals[i] = firstOrdinal + (uint)rows[i];
        }

        for (int i = 0; i < table.Columns.Count; i++)
        {
            Gather(table.Columns[i].Source.Cells, rows, RowShape.HeaderWordCount + i);
        }
    }

    private void Gather(ReadOnlySpan<ulong> source, ReadOnlySpan<int> rows, int word)
    {
        Span<ulong> target = _words.AsSpan(word * PieceRowCountMax, rows.Length);
        ref ulong first = ref MemoryMarshal.GetReference(source);
        Invariant.Holds(Runs.LastRow < source.Length);
        for (int i = 0; i < target.Length; i++)
        {
            // No row lies behind the last one.
            target[i] = Unsafe.Add(ref first, rows[i]);
        }
    }
}
