namespace Tsdb.Bench.Workload.Queries;

/// <summary>
/// Are two answers the same? Columns by name, rows as sets; integers, texts and times exactly, doubles to one
/// part in
/// 10⁹ (engines add in different orders).
/// </summary>
internal static class AnswerComparison
{
    private const double RelativeErrorMax = 1e-9;

    /// <summary>The first difference in words; null if there is none.</summary>
    public static string? FindDifference(Answer actual, Answer expected)
    {
        if (!actual.Columns.Order().SequenceEqual(expected.Columns.Order()))
        {
            return $"columns: {string.Join(' ', actual.Columns)}; not {string.Join(' ', expected.Columns)}";
        }

        if (actual.Rows.Count != expected.Rows.Count)
        {
            return $"{actual.Rows.Count} rows, not {expected.Rows.Count}";
        }

        string[] columns = expected.Columns;
        List<object?[]> actualRows = Sort(actual, columns);
        List<object?[]> expectedRows = Sort(expected, columns);
        for (int row = 0; row < expectedRows.Count; row++)
        {
            for (int i = 0; i < columns.Length; i++)
            {
                if (!AreSame(actualRows[row][i], expectedRows[row][i]))
                {
                    return $"{columns[i]} is {Show(actualRows[row][i])}, not {Show(expectedRows[row][i])}, "
                        + $"in the row of {string.Join(", ", expectedRows[row].Take(3).Select(Show))}";
                }
            }
        }

        return null;
    }

    private static bool AreSame(object? actual, object? expected) => (actual, expected) switch
    {
        (double a, double b) => AreClose(a, b),
        (double a, long b) => AreClose(a, b),
        (long a, double b) => AreClose(a, b),
        _ => Equals(actual, expected),
    };

    private static bool AreClose(double a, double b) =>
        a.Equals(b) || Math.Abs(a - b) <= RelativeErrorMax * Math.Max(Math.Abs(a), Math.Abs(b));

    /// <summary>Rows with the columns in the order given, sorted by what is exact first and by doubles
    /// last.</summary>
    private static List<object?[]> Sort(Answer answer, string[] columns)
    {
        int[] places = columns.Select(column => Array.IndexOf(answer.Columns, column)).ToArray();
        List<object?[]> rows = answer.Rows.ConvertAll(row => Array.ConvertAll(places, place => row[place]));
        rows.Sort(Compare);
        return rows;
    }

    private static int Compare(object?[] left, object?[] right)
    {
        int byDoubles = 0;
        for (int i = 0; i < left.Length; i++)
        {
            int order = CompareCells(left[i], right[i]);
            if (order != 0 && left[i] is not double && right[i] is not double)
            {
                return order;
            }

            byDoubles = byDoubles != 0 ? byDoubles : order;
        }

        return byDoubles;
    }

    private static int CompareCells(object? left, object? right) => (left, right) switch
    {
        (string a, string b) => string.CompareOrdinal(a, b),
        (long a, double b) => ((double)a).CompareTo(b),
        (double a, long b) => a.CompareTo(b),
        (IComparable a, { } b) => a.CompareTo(b),
        (null, null) => 0,
        _ => left is null ? -1 : 1,
    };

    private static string Show(object? cell) => cell switch
    {
        null => "null",
        double number => $"{number:R}",
        _ => $"{cell}",
    };
}
