using Tsdb.Core;
using Tsdb.Query.Planning;

namespace Tsdb.Query.Operators;

/// <summary>Sorts the rows of a store. Every key becomes an integer that orders as the key does; texts by
/// rank.</summary>
internal static class RowOrder
{
    /// <summary>The rows' places in order; equal rows stay as they stood.</summary>
    public static int[] Sort(RowStore store, IReadOnlyList<SortKey> keys)
    {
        int[] order = new int[store.RowCount];
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        if (order.Length < 2 || keys.Count == 0)
        {
            return order;
        }

        long[][] ranks = new long[keys.Count][];
        for (int i = 0; i < ranks.Length; i++)
        {
            ranks[i] = Rank(store.Columns[keys[i].Column], store.RowCount, keys[i]);
        }

        RankComparer comparer = new(ranks);
        if (!IsSorted(order, comparer))
        {
            Array.Sort(order, comparer);
        }

        return order;
    }

    private static bool IsSorted(int[] order, RankComparer comparer)
    {
        for (int i = 1; i < order.Length; i++)
        {
            if (comparer.Compare(order[i - 1], order[i]) > 0)
            {
                return false;
            }
        }

        return true;
    }

    private static long[] Rank(ColumnVector column, int rowCount, SortKey key)
    {
        long[] ranks = new long[rowCount];
        int[] textRanks = column.Type == ResultType.String ? RankTexts(column.Texts) : [];
        for (int i = 0; i < rowCount; i++)
        {
            long rank;
            if (column.IsNull(i))
            {
                ranks[i] = key.NullsFirst ? long.MinValue : long.MaxValue;
                continue;
            }

            rank = column.Type switch
            {
                ResultType.Float64 => RankOf(column.Doubles[i]),
                ResultType.String => textRanks[(int)column.Words[i]],
                _ => column.Longs[i],
            };

            // The two ends are the NULLs': a value there moves in by one, next to its neighbour.
            rank = Math.Clamp(rank, long.MinValue + 1, long.MaxValue - 1);
            ranks[i] = key.IsDescending ? -rank : rank;
        }

        return ranks;
    }

    // The bits of a binary64 as an integer of the same order; -0 is 0, and NaN is greater than all else.
    private static long RankOf(double value)
    {
        if (double.IsNaN(value))
        {
            return long.MaxValue - 1;
        }

        long bits = BitConverter.DoubleToInt64Bits(value == 0 ? 0.0 : value);
        return bits < 0 ? long.MinValue - bits : bits;
    }

    private static int[] RankTexts(IReadOnlyList<string> texts)
    {
        string[] sorted = new string[texts.Count];
        int[] ids = new int[sorted.Length];
        for (int i = 0; i < sorted.Length; i++)
        {
            sorted[i] = texts[i];
            ids[i] = i;
        }

        Array.Sort(sorted, ids, StringComparer.Ordinal);
        int[] ranks = new int[sorted.Length];
        int rank = 0;
        for (int i = 0; i < ids.Length; i++)
        {
            rank += i > 0 && sorted[i] != sorted[i - 1] ? 1 : 0;
            ranks[ids[i]] = rank;
        }

        return ranks;
    }

    private sealed class RankComparer(long[][] ranks) : IComparer<int>
    {
        public int Compare(int x, int y)
        {
            foreach (long[] rank in ranks)
            {
                if (rank[x] != rank[y])
                {
                    return rank[x] < rank[y] ? -1 : 1;
                }
            }

            return x.CompareTo(y);
        }
    }
}
