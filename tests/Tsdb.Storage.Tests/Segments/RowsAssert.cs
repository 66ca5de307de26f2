using System.Text;
using Tsdb.Core;
using Tsdb.Storage.Segments;

namespace Tsdb.Storage.Tests.Segments;

/// <summary>Compares rows cell by cell; a column without any cell counts as not there.</summary>
internal static class RowsAssert
{
    public static void Equal(SeriesRows expected, SeriesRows actual, string context)
    {
        Assert.True(expected.RowCount == actual.RowCount, $"{context}: {actual.RowCount} rows");
        Assert.Equal(
            expected.TimestampsNs.AsSpan(0, expected.RowCount),
            actual.TimestampsNs.AsSpan(0, actual.RowCount));
        Assert.Equal(Describe(expected), Describe(actual));
        for (int row = 0; row < expected.RowCount; row++)
        {
            string wanted = DescribeRow(expected, row);
            string found = DescribeRow(actual, row);
            Assert.True(wanted == found, $"{context}, row {row}: expected {wanted}, found {found}");
        }
    }

    /// <summary>A row's cells as text, in key order.</summary>
    public static string DescribeRow(SeriesRows rows, int row)
    {
        StringBuilder text = new();
        foreach (RowColumn column in rows.Columns)
        {
            if (column.IsPresent(row))
            {
                text.Append(column.Key.ColumnId).Append('/').Append(column.Key.Kind).Append('=');
                text.Append(DescribeCell(rows, column, row)).Append(' ');
            }
        }

        return text.ToString();
    }

    /// <summary>One cell as text: bits, or the text itself.</summary>
    public static string DescribeCell(SeriesRows rows, RowColumn column, int row)
    {
        ulong cell = column.Cells[row];
        return column.Type == ColumnType.String
            ? Encoding.UTF8.GetString(TextSpan.FromCell(cell).In(rows.Texts.Span))
            : $"{cell:x}";
    }

    private static List<string> Describe(SeriesRows rows) =>
    [
        .. rows.Columns.Where(column => column.CountPresent(0, rows.RowCount) > 0)
            .Select(column => $"{column.Key} {column.Type}"),
    ];
}
