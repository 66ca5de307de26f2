using System.Globalization;
using System.Text;
using Tsdb.Core;

namespace Tsdb.Fuzz.Targets;

/// <summary>All that a batch holds, as one text.</summary>
internal static class BatchText
{
    public static string Of(SampleBatch batch)
    {
        StringBuilder text = new();
        for (int table = 0; table < batch.TableCount; table++)
        {
            Append(text, batch, batch.GetTable(table));
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, SampleBatch batch, TableRows rows)
    {
        text.Append(Encoding.Latin1.GetString(rows.Name)).Append('\n');
        for (int row = 0; row < rows.RowCount; row++)
        {
            ReadOnlySpan<byte> key = batch.KeyText.Span.Slice(rows.KeyOffsets[row], rows.KeyLengths[row]);
            text.Append(CultureInfo.InvariantCulture, $"{rows.TimestampsNs[row]} ")
                .Append(Encoding.Latin1.GetString(key)).Append('\n');
        }

        for (int i = 0; i < rows.ColumnCount; i++)
        {
            SampleColumn column = rows.GetColumn(i);
            text.Append(Encoding.Latin1.GetString(column.Name)).Append(' ').Append(column.Type);
            for (int cell = 0; cell < column.CellCount; cell++)
            {
                int row = column.IsSparse ? column.RowIndexes[cell] : cell;
                text.Append(CultureInfo.InvariantCulture, $" {row}=").Append(CellText(batch, column, cell));
            }

            text.Append('\n');
        }
    }

    private static string CellText(SampleBatch batch, SampleColumn column, int cell) =>
        column.Type == ColumnType.String
            ? Encoding.Latin1.GetString(TextSpan.FromCell(column.Cells[cell]).In(batch.Texts.Span))
            : column.Cells[cell].ToString("x", CultureInfo.InvariantCulture);
}
