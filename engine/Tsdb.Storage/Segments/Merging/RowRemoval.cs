using Tsdb.Core;

namespace Tsdb.Storage.Segments.Merging;

/// <summary>Which rows of which source of a merge are left out.</summary>
/// <remarks>Reusable; not thread safe.</remarks>
internal sealed class RowRemoval
{
    private readonly List<List<TimeRange>> _ranges = [];
    private readonly SeriesMerge _merge = new();
    private readonly List<RunPart> _parts = [];
    private int _sourceCount;

    public void Clear() => _sourceCount = 0;

    /// <summary>The ranges of the next source, empty.</summary>
    public List<TimeRange> AddSource()
    {
        if (_sourceCount == _ranges.Count)
        {
            _ranges.Add([]);
        }

        _ranges[_sourceCount].Clear();
        return _ranges[_sourceCount++];
    }

    /// <summary>Whether some row between two instants may be left out.</summary>
    public bool Touches(int source, long firstNs, long lastNs)
    {
        if (source >= _sourceCount)
        {
            return false;
        }

        foreach (TimeRange range in _ranges[source])
        {
            if (range.Overlaps(firstNs, lastNs))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Copies rows without those left out; false when none is, and nothing was copied.</summary>
    public bool TryApply(int source, SeriesRows rows, SeriesRows kept)
    {
        bool isTouched = rows.RowCount > 0
            && Touches(source, rows.TimestampsNs[0], rows.TimestampsNs[rows.RowCount - 1]);
        if (!isTouched)
        {
            return false;
        }

        _parts.Clear();
        for (int firstRow = 0; firstRow < rows.RowCount;)
        {
            int endRow = firstRow;
            while (endRow < rows.RowCount && !IsRemoved(source, rows.TimestampsNs[endRow]))
            {
                endRow++;
            }

            if (endRow > firstRow)
            {
                _parts.Add(new RunPart(rows, firstRow, endRow));
            }

            firstRow = endRow;
            while (firstRow < rows.RowCount && IsRemoved(source, rows.TimestampsNs[firstRow]))
            {
                firstRow++;
            }
        }

        _merge.Merge([.. _parts], kept);
        return true;
    }

    private bool IsRemoved(int source, long timestampNs) => Touches(source, timestampNs, timestampNs);
}
