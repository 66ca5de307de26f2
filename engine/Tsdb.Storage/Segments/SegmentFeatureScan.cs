using Tsdb.Core;

namespace Tsdb.Storage.Segments;

/// <summary>Finds what rows hold beyond plain values.</summary>
internal static class SegmentFeatureScan
{
    public static SegmentFeatures Of(SeriesRows rows)
    {
        SegmentFeatures features = SegmentFeatures.None;
        foreach (RowColumn column in rows.ColumnSpan)
        {
            if (column.CountPresent(0, rows.RowCount) == 0)
            {
                continue;
            }

            features |= OfKind(column.Key.Kind);
            if (column.Key.Kind is CellKind.Status or CellKind.Findings or CellKind.Repaired
                && HasCellWithoutValue(rows, column))
            {
                features |= SegmentFeatures.StatusPatches;
            }
        }

        return features;
    }

    /// <summary>What cells of a kind need a reader to know.</summary>
    public static SegmentFeatures OfKind(CellKind kind) => kind switch
    {
        CellKind.Value => SegmentFeatures.None,
        CellKind.Status => SegmentFeatures.StatusCells,
        CellKind.Findings => SegmentFeatures.FindingsCells,
        CellKind.Repaired => SegmentFeatures.RepairedCells,
        CellKind.RawTimestamp => SegmentFeatures.RawTimestamps,
        CellKind.Arrival => SegmentFeatures.ArrivalTimes,
        CellKind.SourceStream or CellKind.SourceSequence => SegmentFeatures.SourceSequences,
        CellKind.VersionFrom or CellKind.VersionTo => SegmentFeatures.KeptVersions,
        _ => throw new InvariantViolatedException($"Cell kind {kind} has no feature bit"),
    };

    private static bool HasCellWithoutValue(SeriesRows rows, RowColumn column)
    {
        int valueIndex = rows.FindColumn(ColumnKey.ValueOf(column.Key.ColumnId));
        ulong[]? values = valueIndex < 0 ? [] : rows.ColumnSpan[valueIndex].Presence;
        if (values is null)
        {
            return false;
        }

        for (int word = 0; word * 64 < rows.RowCount; word++)
        {
            ulong cells = column.Presence is null ? ulong.MaxValue : column.Presence[word];
            ulong missing = cells & ~(valueIndex < 0 ? 0 : values[word]);
            int bitCount = Math.Min(64, rows.RowCount - (word * 64));
            if (missing << (64 - bitCount) != 0)
            {
                return true;
            }
        }

        return false;
    }
}
