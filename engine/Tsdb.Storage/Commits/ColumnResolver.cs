using System.Text;
using Tsdb.Core;
using Tsdb.Storage.Catalogs;

namespace Tsdb.Storage.Commits;

/// <summary>
/// Finds or creates the columns of a batch. Integers fit a float column when they convert exactly; a float
/// widens
/// an integer column; every other difference of type refuses the row that has it.
/// </summary>
internal sealed class ColumnResolver(CatalogStore catalog, StorageOptions options)
{
    // In UTF-16; names that are longer cost a string.
    private const int UsualNameSize = 128;

    /// <summary>Adds the columns to <paramref name="target"/>; true when rows were refused and
    /// marked.</summary>
    public bool Resolve(
        TableState table, TableRows rows, ResolvedTable target, Span<bool> isRejected, RejectLog rejects)
    {
        bool hasRejects = false;
        for (int i = 0; i < rows.ColumnCount; i++)
        {
            SampleColumn column = rows.GetColumn(i);
            if ((column.CellCount == 0 && !HasCompanion(rows, column)) || IsUnknown(table, rows, column))
            {
                continue;
            }

            if (column.Kind >= CellKind.RawTimestamp)
            {
                target.Columns.Add(new(new(ColumnKey.RowColumnId, column.Kind), column.Type, column));
                continue;
            }

            hasRejects |= ResolveColumn(table, rows, column, target, isRejected, rejects);
        }

        return hasRejects;
    }

    /// <summary>Whether something is said of a column whose value no row of this batch carries.</summary>
    private static bool HasCompanion(TableRows rows, SampleColumn column)
    {
        for (int i = 0; i < rows.ColumnCount; i++)
        {
            SampleColumn other = rows.GetColumn(i);
            if (other.Kind != CellKind.Value && other.CellCount > 0 && other.Name.SequenceEqual(column.Name))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Whether a sender gave no type, only nulls: they are said of a column that is there, and make none.
    /// </summary>
    private static bool IsUnknown(TableState table, TableRows rows, SampleColumn column) =>
        column.Type == ColumnType.None
        || (column.Kind == CellKind.Status
            && IsUntyped(rows, column)
            && FindColumn(table, column) is null);

    /// <summary>The column of that name, or null; for usual names nothing is allocated.</summary>
    private static ColumnSchema? FindColumn(TableState table, SampleColumn column)
    {
        Span<char> name = stackalloc char[UsualNameSize];
        return Encoding.UTF8.TryGetChars(column.Name, name, out int size)
            ? table.Schema.FindColumn(name[..size])
            : table.Schema.FindColumn(NameOf(column));
    }

    private static string NameOf(SampleColumn column) => Encoding.UTF8.GetString(column.Name);

    private static bool IsUntyped(TableRows rows, SampleColumn companion)
    {
        for (int i = 0; i < rows.ColumnCount; i++)
        {
            SampleColumn other = rows.GetColumn(i);
            if (other.Type == ColumnType.None && other.Name.SequenceEqual(companion.Name))
            {
                return true;
            }
        }

        return false;
    }

    private bool ResolveColumn(
        TableState table,
        TableRows rows,
        SampleColumn column,
        ResolvedTable target,
        Span<bool> isRejected,
        RejectLog rejects)
    {
        bool hasOwnType = column.Kind is CellKind.Value or CellKind.Repaired;
        ColumnSchema? schema = FindColumn(table, column);
        RejectReason reason = RejectReason.None;
        if (schema is null || (hasOwnType && schema.Type != column.Type))
        {
            schema = AddOrWiden(table, rows, column, NameOf(column), out reason);
        }

        if (schema is null)
        {
            return Reject(rows, column, reason, NameOf(column), isRejected, rejects);
        }

        ColumnType type = hasOwnType ? schema.Type : column.Type;
        bool hasRejects = false;
        if (hasOwnType && column.Type != schema.Type)
        {
            string detail = $"{schema.Name}: column is {schema.Type}, value is {column.Type}";
            if (column.Type != ColumnType.Int64 || schema.Type != ColumnType.Float64)
            {
                return Reject(rows, column, RejectReason.TypeConflict, detail, isRejected, rejects);
            }

            hasRejects = ConvertToFloat(rows, column, detail, isRejected, rejects);
        }

        if (column.Type == ColumnType.String)
        {
            hasRejects |= RejectLongTexts(rows, column, schema.Name, isRejected, rejects);
        }

        if (column.CellCount > 0)
        {
            target.Columns.Add(new(new(schema.ColumnId, column.Kind), type, column));
        }

        return hasRejects;
    }

    private ColumnSchema? AddOrWiden(
        TableState table, TableRows rows, SampleColumn column, string name, out RejectReason reason)
    {
        reason = RejectReason.None;
        lock (catalog.Gate)
        {
            ColumnSchema? schema = table.Schema.FindColumn(name);
            if (schema is { Type: ColumnType.Int64 } && column.Type == ColumnType.Float64)
            {
                catalog.SetColumnType(table, schema.ColumnId, ColumnType.Float64);
                return table.Schema.FindColumn(name);
            }

            if (schema is not null)
            {
                return schema;
            }

            ColumnType type = column.Kind == CellKind.Value ? column.Type : FindValueType(rows, column);
            if (table.Tags.FindKey(name) >= 0)
            {
                reason = RejectReason.NameConflict;
            }
            else if (column.Name.Length > options.NameSizeBytesMax)
            {
                reason = RejectReason.NameTooLong;
            }
            else if (table.Schema.Columns.Count >= options.ColumnCountMax)
            {
                reason = RejectReason.TooManyColumns;
            }
            else if (type == ColumnType.None)
            {
                reason = RejectReason.MalformedField;
            }

            return reason == RejectReason.None ? catalog.AddColumn(table, name, type) : null;
        }
    }

    private static ColumnType FindValueType(TableRows rows, SampleColumn companion)
    {
        for (int i = 0; i < rows.ColumnCount; i++)
        {
            SampleColumn other = rows.GetColumn(i);
            if (other.Kind == CellKind.Value && other.Name.SequenceEqual(companion.Name))
            {
                return other.Type;
            }
        }

        return ColumnType.None;
    }

    private static bool ConvertToFloat(
        TableRows rows, SampleColumn column, string detail, Span<bool> isRejected, RejectLog rejects)
    {
        bool hasRejects = false;
        for (int cell = 0; cell < column.CellCount; cell++)
        {
            long value = (long)column.Cells[cell];
            double converted = value;
            if ((Int128)converted == value)
            {
                column.Cells[cell] = BitConverter.DoubleToUInt64Bits(converted);
                continue;
            }

            RejectRow(rows, RowOf(column, cell), RejectReason.TypeConflict, detail, isRejected, rejects);
            hasRejects = true;
        }

        return hasRejects;
    }

    private bool RejectLongTexts(
        TableRows rows, SampleColumn column, string name, Span<bool> isRejected, RejectLog rejects)
    {
        bool hasRejects = false;
        for (int cell = 0; cell < column.CellCount; cell++)
        {
            int sizeBytes = TextSpan.FromCell(column.Cells[cell]).SizeBytes;
            if (sizeBytes > options.StringSizeBytesMax)
            {
                string detail = $"{name}: {sizeBytes} bytes, the limit is {options.StringSizeBytesMax}";
                RejectRow(rows, RowOf(column, cell), RejectReason.StringTooLong, detail, isRejected, rejects);
                hasRejects = true;
            }
        }

        return hasRejects;
    }

    private static bool Reject(
        TableRows rows,
        SampleColumn column,
        RejectReason reason,
        string detail,
        Span<bool> isRejected,
        RejectLog rejects)
    {
        for (int cell = 0; cell < column.CellCount; cell++)
        {
            RejectRow(rows, RowOf(column, cell), reason, detail, isRejected, rejects);
        }

        return column.CellCount > 0;
    }

    private static void RejectRow(
        TableRows rows, int row, RejectReason reason, string detail, Span<bool> isRejected, RejectLog rejects)
    {
        if (!isRejected[row])
        {
            isRejected[row] = true;
            rejects.Add(new RowReject(rows.LineNumbers[row], 0, reason, detail));
        }
    }

    private static int RowOf(SampleColumn column, int cell) =>
        column.IsSparse ? column.RowIndexes[cell] : cell;
}
