using Tsdb.Storage.Commits;

namespace Tsdb.Storage.Memtables;

/// <summary>
/// Appends many rows at once, on several threads: each lane has its shards, and a lane's rows go series by
/// series, most of them straight from the columns into sealed chunks. For replays, where rows come by the
/// hundred thousand.
/// </summary>
/// <remarks>One caller at a time.</remarks>
internal sealed class BulkAppend
{
    // Below it threads cost more than they bring.
    private const int RowCountMin = 4096;

    // Below so many rows a series on average, sorting them by series gains nothing.
    private const int RunRowCountMin = 4;

    private readonly BulkLane[] _lanes = new BulkLane[Memtable.LaneCount];

    public BulkAppend()
    {
        for (int i = 0; i < _lanes.Length; i++)
        {
            _lanes[i] = new BulkLane();
        }
    }

    /// <summary>Whether the rows can be appended so.</summary>
    public static bool Suits(ResolvedTable table, RowShape shape) =>
        table.Rows.RowCount >= RowCountMin && !shape.HasTexts;

    /// <summary>Appends all rows; they have every column.</summary>
    /// <param name="table">The rows.</param>
    /// <param name="shape">Their shape.</param>
    /// <param name="firstOrdinal">Ordinal of the first row.</param>
    /// <param name="shards">All shards of the memtable.</param>
    /// <param name="singly">How each lane appends rows one by one.</param>
    public void Append(
        ResolvedTable table,
        RowShape shape,
        uint firstOrdinal,
        MemtableShard[] shards,
        DenseAppend[] singly) => Parallel.For(0, _lanes.Length, lane =>
        {
            SeriesRuns runs = _lanes[lane].Runs;
            runs.Find(table, shards.Length, lane, _lanes.Length);
            if (runs.RowCount < (long)runs.SeriesCount * RunRowCountMin)
            {
                singly[lane].Append(table, runs.Rows, shape, firstOrdinal);
            }
            else
            {
                runs.Sort(table);
                _lanes[lane].Append(table, shape, firstOrdinal, shards);
            }

            runs.Clear();
        });
}
