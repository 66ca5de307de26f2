using Apache.Arrow;

namespace Tsdb.Query.Arrow.Reading;

/// <summary>
/// Cuts a batch into runs of rows by what they take once written out: a dictionary names a long text in four
/// bytes a row, a bit becomes a cell, and every distinct key repeats its tags' names.
/// </summary>
internal static class RowSlices
{
    public const int RowCountMax = 64 << 10;
    public const int CellCountMax = 8 << 20;
    public const int TextSizeBytesMax = 16 << 20;

    /// <summary>The row counts of the slices, in order; each is within the limits or a single row.</summary>
    /// <exception cref="ArrowInputException">The batch is malformed.</exception>
    public static List<int> Plan(ArrowColumnPlan plan, RecordBatch batch, Schema schema)
    {
        int[] columns = [.. plan.TagColumns, .. plan.FieldColumns];
        int rowCountMax = Math.Clamp(CellCountMax / columns.Length, 1, RowCountMax);
        ArrayData[] texts =
        [
            .. columns.Select(column => batch.Column(column).Data)
                .Where(static data => TextCells.CanRead(data.DataType)),
        ];
        long keySizeBytes = plan.TagColumns.Sum(column => schema.FieldsList[column].Name.Length + 2L);
        keySizeBytes += plan.Table.Length;
        int sliceRowCount = Math.Min(rowCountMax, batch.Length);
        long mostBytes = sliceRowCount * keySizeBytes;
        foreach (ArrayData data in texts)
        {
            mostBytes += TextCells.MeasureMost(data, sliceRowCount, ArrowSampleReader.StringSizeBytesMax);
        }

        long[] sizesBytes = mostBytes <= TextSizeBytesMax ? [] : Measure(texts, batch, keySizeBytes);
        return Cut(batch.Length, rowCountMax, sizesBytes);
    }

    private static long[] Measure(ArrayData[] texts, RecordBatch batch, long keySizeBytes)
    {
        long[] sizesBytes = new long[batch.Length];
        System.Array.Fill(sizesBytes, keySizeBytes);
        foreach (ArrayData data in texts)
        {
            TextCells.Read(data).AddSizes(sizesBytes, ArrowSampleReader.StringSizeBytesMax);
        }

        return sizesBytes;
    }

    // No sizes: they do not matter.
    private static List<int> Cut(int rowCount, int rowCountMax, long[] sizesBytes)
    {
        List<int> slices = [];
        for (int first = 0; first < rowCount;)
        {
            int end = Math.Min(rowCount, first + rowCountMax);
            long sizeBytes = 0;
            for (int row = first; row < end && sizesBytes.Length > 0; row++)
            {
                sizeBytes += sizesBytes[row];
                if (sizeBytes > TextSizeBytesMax)
                {
                    end = Math.Max(row, first + 1);
                }
            }

            slices.Add(end - first);
            first = end;
        }

        return slices;
    }
}
