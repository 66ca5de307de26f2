using System.Text;
using Tsdb.Core;

namespace Tsdb.Simulation.Histories;

/// <summary>
/// What is known of one row after all its versions: a newer value of a column replaces the older with all
/// that was said of it; so does a null (Bad_NoData without a value), of which nothing but another value or
/// null takes the status away; a patch touches only what it carries; the row's own cells come all from the
/// newest that has any.
/// </summary>
internal sealed class RowModel
{
    private readonly Dictionary<CellName, CellValue> _cells = [];

    public IReadOnlyDictionary<CellName, CellValue> Cells => _cells;

    /// <summary>One that can be changed without this one changing.</summary>
    public RowModel Copy()
    {
        RowModel copy = new();
        foreach ((CellName name, CellValue value) in _cells)
        {
            copy._cells.Add(name, value);
        }

        return copy;
    }

    public void Apply(IReadOnlyList<KeyValuePair<CellName, CellValue>> cells)
    {
        foreach (IGrouping<string, KeyValuePair<CellName, CellValue>> group in
            cells.GroupBy(static cell => cell.Key.Column, StringComparer.Ordinal))
        {
            bool replaces = group.Any(static cell => cell.Key.IsOfRow
                || cell.Key.Kind == CellKind.Value
                || IsNullStatus(cell.Key, cell.Value));
            if (replaces)
            {
                foreach (CellName name in _cells.Keys.Where(name => name.Column == group.Key).ToList())
                {
                    _cells.Remove(name);
                }
            }

            bool wasNull = IsNull(group.Key);
            foreach ((CellName name, CellValue value) in group)
            {
                if (!wasNull || name.Kind != CellKind.Status)
                {
                    _cells[name] = value;
                }
            }
        }
    }

    public static string ToText(IEnumerable<KeyValuePair<CellName, CellValue>> cells)
    {
        StringBuilder text = new();
        foreach ((CellName name, CellValue value) in cells)
        {
            text.Append(' ').Append(name.Column);
            if (name.Kind != CellKind.Value)
            {
                text.Append('.').Append(name.Kind);
            }

            text.Append('=').Append(value);
        }

        return text.ToString();
    }

    private static bool IsNullStatus(CellName name, CellValue value) =>
        name.Kind == CellKind.Status && value.Bits == StatusCode.BadNoData.Value;

    private bool IsNull(string column) =>
        !_cells.ContainsKey(new CellName(column, CellKind.Value))
        && _cells.TryGetValue(new CellName(column, CellKind.Status), out CellValue status)
        && status.Bits == StatusCode.BadNoData.Value;
}
