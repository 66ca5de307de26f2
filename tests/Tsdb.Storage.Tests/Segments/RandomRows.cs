using System.Text;
using Tsdb.Core;
using Tsdb.Storage.Segments;

namespace Tsdb.Storage.Tests.Segments;

/// <summary>Rows of every type and shape, from a seed.</summary>
internal static class RandomRows
{
    private static readonly double[] _oddDoubles =
    [
        0.0, -0.0, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon,
        double.MaxValue, double.MinValue,
        BitConverter.Int64BitsToDouble(0x7FF8_0000_0000_1234), 0.1, 1e15, 1e300,
    ];

    /// <summary>Ascending timestamps with gaps.</summary>
    public static void AddTimestamps(
        SeriesRows rows, Random random, int rowCount, long startNs, int maxStepNs)
    {
        rows.EnsureCapacity(rowCount);
        long timestampNs = startNs;
        for (int row = 0; row < rowCount; row++)
        {
            timestampNs += 1 + random.Next(maxStepNs);
            rows.TimestampsNs[row] = timestampNs;
        }

        rows.RowCount = rowCount;
    }

    /// <summary>A column whose cells are there with the given chance.</summary>
    public static RowColumn AddColumn(
        SeriesRows rows, Random random, ColumnKey key, ColumnType type, double presentRatio)
    {
        RowColumn column = rows.AddColumn(key, type);
        int style = random.Next(4);
        for (int row = 0; row < rows.RowCount; row++)
        {
            if (random.NextDouble() >= presentRatio)
            {
                column.SetAbsent(row);
                continue;
            }

            column.Cells[row] = NextCell(rows, random, type, style, row);
        }

        return column;
    }

    /// <summary>Rows with a few columns of all types.</summary>
    public static SeriesRows Create(Random random, int rowCount, long startNs = 1_000_000)
    {
        SeriesRows rows = new();
        AddTimestamps(rows, random, rowCount, startNs, 1 + random.Next(100_000));
        ColumnType[] types =
            [ColumnType.Int64, ColumnType.Float64, ColumnType.Bool, ColumnType.String, ColumnType.Timestamp];
        int columnId = 0;
        for (int i = random.Next(8); i >= 0; i--)
        {
            columnId += 1 + random.Next(20);
            double presentRatio = random.Next(3) switch { 0 => 1.0, 1 => random.NextDouble(), _ => 0.02 };
            AddColumn(
                rows, random, ColumnKey.ValueOf(columnId), types[random.Next(types.Length)], presentRatio);
        }

        return rows;
    }

    private static ulong NextCell(SeriesRows rows, Random random, ColumnType type, int style, int row)
    {
        return type switch
        {
            ColumnType.Float64 => BitConverter.DoubleToUInt64Bits(NextDouble(random, style)),
            ColumnType.Bool => style == 0 ? 1 : (ulong)random.Next(2),
            ColumnType.String => NextText(rows, random, style),
            _ => NextInteger(random, style, row),
        };
    }

    private static ulong NextInteger(Random random, int style, int row) => style switch
    {
        0 => (ulong)random.NextInt64(long.MinValue, long.MaxValue),
        1 => 42,
        2 => (ulong)(row * 3L),
        _ => (ulong)random.Next(-50, 50),
    };

    private static double NextDouble(Random random, int style) => style switch
    {
        0 => random.NextDouble() * 1e6,
        1 => Math.Round(random.NextDouble() * 100, 2),
        2 => 21.5,
        _ => random.Next(4) == 0 ? _oddDoubles[random.Next(_oddDoubles.Length)] : random.Next(1000) / 10.0,
    };

    private static ulong NextText(SeriesRows rows, Random random, int style)
    {
        string text = style switch
        {
            0 => "idle",
            1 => $"state-{random.Next(5)}",
            2 => string.Empty,
            _ => new string('é', random.Next(40)) + random.Next(1_000_000),
        };
        return rows.Texts.Append(Encoding.UTF8.GetBytes(text)).ToCell();
    }
}
