using System.Text;
using Tsdb.Core;
using Tsdb.Storage.Segments;

namespace Tsdb.Storage.Tests.Segments;

/// <summary>
/// The merge rules over a sorted dictionary: slow, plain, and written from the rules alone.
/// </summary>
internal sealed class RowOracle
{
    private readonly SortedDictionary<long, SortedDictionary<uint, string>> _rows = [];

    public int RowCount => _rows.Count;

    /// <summary>Applies rows one after the other, each over what is there.</summary>
    public void Apply(SeriesRows rows)
    {
        for (int row = 0; row < rows.RowCount; row++)
        {
            if (!_rows.TryGetValue(rows.TimestampsNs[row], out SortedDictionary<uint, string>? cells))
            {
                cells = [];
                _rows.Add(rows.TimestampsNs[row], cells);
            }

            ApplyRow(cells, rows, row);
        }
    }

    public IEnumerable<(long TimestampNs, string Cells)> Describe()
    {
        foreach ((long timestampNs, SortedDictionary<uint, string> cells) in _rows)
        {
            StringBuilder text = new();
            foreach ((uint packed, string cell) in cells)
            {
                ColumnKey key = ColumnKey.FromPacked(packed);
                text.Append(key.ColumnId).Append('/').Append(key.Kind).Append('=').Append(cell).Append(' ');
            }

            yield return (timestampNs, text.ToString());
        }
    }

    private static void ApplyRow(SortedDictionary<uint, string> cells, SeriesRows rows, int row)
    {
        RowColumn[] present = [.. rows.Columns.Where(column => column.IsPresent(row))];
        foreach (RowColumn column in present)
        {
            bool isValue = column.Key is { ColumnId: > 0, Kind: CellKind.Value };
            if (isValue || column.Key.ColumnId == ColumnKey.RowColumnId)
            {
                Forget(cells, column.Key.ColumnId);
            }
        }

        foreach (RowColumn column in present)
        {
            cells[column.Key.Packed] = RowsAssert.DescribeCell(rows, column, row);
        }
    }

    private static void Forget(SortedDictionary<uint, string> cells, int columnId)
    {
        uint[] keys = [.. cells.Keys.Where(key => ColumnKey.FromPacked(key).ColumnId == columnId)];
        foreach (uint packed in keys)
        {
            cells.Remove(packed);
        }
    }
}
