using System.Runtime.InteropServices;
using Tsdb.Core;

namespace Tsdb.Storage.Segments.Merging;

/// <summary>
/// Makes the rows of a piece: the newest version of each. Holds one decoded stretch of each source at once.
/// </summary>
/// <remarks>Reusable; for one thread.</remarks>
internal sealed class PieceMerge
{
    private readonly BlockLoader _loader = new();
    private readonly SeriesMerge _merge = new();
    private readonly SeriesRows _merged = new();
    private readonly List<LoadedRun> _loaded = [];
    private readonly List<int> _sources = [];
    private readonly List<RunPart> _parts = [];

    /// <summary>Forgets what was decoded: other units follow.</summary>
    public void Reset()
    {
        foreach (LoadedRun run in _loaded)
        {
            run.Units.Clear();
        }
    }

    /// <summary>The merged rows; valid until the next call.</summary>
    /// <param name="units">As the plan was built of.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="piece">One of its pieces.</param>
    /// <param name="wanted">Columns to load, ascending.</param>
    /// <param name="removal">Rows to be left out, if any.</param>
    public SeriesRows Merge(
        ReadOnlySpan<MergeUnit> units,
        MergePlan plan,
        MergePiece piece,
        ReadOnlySpan<ColumnKey> wanted,
        RowRemoval? removal = null)
    {
        _sources.Clear();
        for (int i = 0; i < piece.TouchedCount; i++)
        {
            int source = units[plan.Touched[piece.FirstTouched + i]].Source;
            if (!_sources.Contains(source))
            {
                _sources.Add(source);
            }
        }

        _sources.Sort();
        _parts.Clear();
        for (int i = 0; i < _sources.Count; i++)
        {
            SeriesRows rows = Load(units, plan, piece, _sources[i], wanted, removal);
            (int first, int end) = FindPart(rows, piece);
            _parts.Add(new RunPart(rows, first, end));
        }

        _merge.Merge(CollectionsMarshal.AsSpan(_parts), _merged);
        return _merged;
    }

    private SeriesRows Load(
        ReadOnlySpan<MergeUnit> units,
        MergePlan plan,
        MergePiece piece,
        int source,
        ReadOnlySpan<ColumnKey> wanted,
        RowRemoval? removal)
    {
        LoadedRun run = FindLoaded(source);
        run.Wanted.Clear();
        for (int i = 0; i < piece.TouchedCount; i++)
        {
            int unit = plan.Touched[piece.FirstTouched + i];
            if (units[unit].Source == source)
            {
                if (units[unit].Rows is { } rows)
                {
                    return rows;
                }

                run.Wanted.Add(unit);
            }
        }

        // Late rows are few: their block is wanted by one piece after another, and decoded once.
        if (!CollectionsMarshal.AsSpan(run.Wanted).SequenceEqual(CollectionsMarshal.AsSpan(run.Units)))
        {
            run.Rows.Clear();
            run.Units.Clear();
            foreach (int unit in run.Wanted)
            {
                _loader.Append(units[unit].Blocks!, units[unit].Block, wanted, run.Rows);
                run.Units.Add(unit);
            }

            run.HasRemoved = removal?.TryApply(source, run.Rows, run.Kept) == true;
        }

        return run.HasRemoved ? run.Kept : run.Rows;
    }

    private LoadedRun FindLoaded(int source)
    {
        foreach (LoadedRun run in _loaded)
        {
            if (run.Source == source)
            {
                return run;
            }
        }

        LoadedRun added = new(source);
        _loaded.Add(added);
        return added;
    }

    private static (int First, int End) FindPart(SeriesRows rows, MergePiece piece)
    {
        ReadOnlySpan<long> timestampsNs = rows.TimestampsNs.AsSpan(0, rows.RowCount);
        int first = timestampsNs.BinarySearch(piece.FromNs);
        int last = timestampsNs.BinarySearch(piece.LastNs);
        return (first < 0 ? ~first : first, last < 0 ? ~last : last + 1);
    }

    private sealed class LoadedRun(int source)
    {
        public int Source { get; } = source;

        public List<int> Units { get; } = [];

        public List<int> Wanted { get; } = [];

        public SeriesRows Rows { get; } = new();

        /// <summary>The same without the removed rows, if there are any.</summary>
        public SeriesRows Kept { get; } = new();

        public bool HasRemoved { get; set; }
    }
}
