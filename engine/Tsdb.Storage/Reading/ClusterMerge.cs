using Tsdb.Core;
using Tsdb.Storage.Segments;
using Tsdb.Storage.Segments.Merging;

namespace Tsdb.Storage.Reading;

/// <summary>Merges units that overlap into rows of their own, the newest version of each. Reusable; one
/// thread.</summary>
internal sealed class ClusterMerge
{
    private readonly BlockLoader _loader = new();
    private readonly SeriesMerge _merge = new();
    private readonly SeriesRows _merged = new();
    private readonly List<SeriesRows> _pool = [];
    private readonly SortedList<int, SeriesRows> _runs = [];
    private int _usedRows;

    /// <summary>The merged rows; valid until the next call.</summary>
    public SeriesRows Merge(ReadUnits units, ReadCluster cluster, ReadOnlySpan<ColumnKey> wanted)
    {
        _usedRows = 0;
        _runs.Clear();
        for (int i = cluster.FirstUnit; i < cluster.FirstUnit + cluster.UnitCount; i++)
        {
            // Units come by time, so the blocks of one source make one run.
            ReadUnit unit = units.Units[i];
            if (unit.Rows is not null)
            {
                _runs.Add(unit.Source, unit.Rows);
                continue;
            }

            if (!_runs.TryGetValue(unit.Source, out SeriesRows? run))
            {
                run = RentRows();
                _runs.Add(unit.Source, run);
            }

            _loader.Append(unit.Blocks!, unit.Block, wanted, run);
        }

        SeriesRows[] runs = [.. _runs.Values];
        _merge.Merge(runs, _merged);
        return _merged;
    }

    private SeriesRows RentRows()
    {
        if (_usedRows == _pool.Count)
        {
            _pool.Add(new SeriesRows());
        }

        SeriesRows rows = _pool[_usedRows++];
        rows.Clear();
        return rows;
    }
}
