using Tsdb.Core;

namespace Tsdb.Query.Operators;

/// <summary>Rows held in memory, column by column, and charged to the query.</summary>
internal sealed class RowStore(QueryContext context)
{
    private const int BatchRowCount = QueryResult.BatchRowCountMax;

    private long _chargedBytes;

    public ColumnVector[] Columns { get; private set; } = [];

    public int RowCount { get; private set; }

    /// <summary>Adds all rows of a block.</summary>
    public void Append(RowBlock block)
    {
        BeginColumns(block.Columns);
        Charge(block.RowCount);
        for (int i = 0; i < Columns.Length; i++)
        {
            VectorCopy.Append(block.Columns[i], 0, block.RowCount, Columns[i], RowCount);
        }

        RowCount += block.RowCount;
    }

    /// <summary>Makes the columns of these types, if there are none yet.</summary>
    public void BeginColumns(ColumnVector[] like)
    {
        if (Columns.Length == 0)
        {
            Columns = Array.ConvertAll(
                like, column => new ColumnVector { Type = column.Type, Texts = column.Texts });
        }
    }

    /// <summary>Adds a row whose every column may be NULL; the caller writes it.</summary>
    public int AddRow()
    {
        Charge(1);
        foreach (ColumnVector column in Columns)
        {
            column.EnsureCapacity(RowCount + 1);
            VectorCopy.BeginNulls(column, RowCount);
            column.SetValid(RowCount);
        }

        return RowCount++;
    }

    /// <summary>Keeps only these rows, in this order.</summary>
    public void Keep(ReadOnlySpan<int> rows)
    {
        ColumnVector[] kept = new ColumnVector[Columns.Length];
        for (int i = 0; i < kept.Length; i++)
        {
            kept[i] = new ColumnVector { Type = Columns[i].Type };
            VectorCopy.Gather(Columns[i], rows, kept[i]);
        }

        Columns = kept;
        RowCount = rows.Length;
    }

    /// <summary>Writes rows in the given order, from one place on, into a block; returns how many.</summary>
    public int Emit(ReadOnlySpan<int> order, int start, RowBlock target)
    {
        int count = Math.Min(BatchRowCount, order.Length - start);
        for (int i = 0; i < Columns.Length; i++)
        {
            VectorCopy.Gather(Columns[i], order.Slice(start, count), target.Columns[i]);
        }

        target.RowCount = count;
        return count;
    }

    private void Charge(int addedCount)
    {
        // Growing doubles the arrays: charge what will be held, before it is.
        long neededBytes = (RowCount + (long)addedCount) * Columns.Length * (sizeof(ulong) + 1);
        if (neededBytes > _chargedBytes)
        {
            long chargeBytes = Math.Max(neededBytes, _chargedBytes * 2) - _chargedBytes;
            context.Charge(chargeBytes);
            _chargedBytes += chargeBytes;
        }
    }
}
