using System.Globalization;
using System.Text;

namespace Tsdb.EndToEnd.Columns;

/// <summary>The rows of <c>node/make-arrow.mjs</c> as the server's CSV must give them.</summary>
internal static class ForeignRows
{
    public const string Table = "sent";
    public const string Sql = $"SELECT ts, place, v, n, ok, note, number FROM {Table} ORDER BY ts";

    private static readonly string[] _places = ["north", "söuth"];

    public static string ToCsv(params ForeignBatch[] batches)
    {
        StringBuilder text = new("ts,place,v,n,ok,note,number\r\n");
        foreach (ForeignBatch batch in batches)
        {
            for (int row = 0; row < batch.RowCount; row++)
            {
                AddRow(text, batch, row);
            }
        }

        return text.ToString();
    }

    private static void AddRow(StringBuilder text, ForeignBatch batch, int row)
    {
        int number = batch.Number;
        string place = (row % 4) switch { 0 => $"p{number}", 3 => "", int i => _places[i - 1] };
        text.Append(CultureInfo.InvariantCulture, $"1970-01-01T00:00:00.{(number * 1_000_000) + row:D9}Z");
        text.Append(CultureInfo.InvariantCulture, $",{place},");
        text.Append(row % 5 == 1 ? "" : Text(number + batch.Bump + (row / 8.0))).Append(',');
        text.Append(row % 5 == 2 ? "" : Text((number * 9_007_199_254_740_993) + row)).Append(',');
        text.Append(row % 3 == 2 ? "" : row % 2 == 0 ? "true" : "false").Append(',');
        text.Append(row % 7 == 3 ? "" : $"{number}·{row}");
        text.Append(CultureInfo.InvariantCulture, $",{number}\r\n");
    }

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}
