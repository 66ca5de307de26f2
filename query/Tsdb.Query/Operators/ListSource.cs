using Tsdb.Core;
using Tsdb.Query.Functions;

namespace Tsdb.Query.Operators;

/// <summary>Rows that are known beforehand: SHOW, EXPLAIN, and the one row of a SELECT without
/// FROM.</summary>
internal sealed class ListSource : RowSource
{
    private readonly RowStore _store;
    private readonly RowBlock _block;
    private int _next;

    /// <param name="context">The query's.</param>
    /// <param name="types">String or Int64 each.</param>
    /// <param name="rows">A string or a long for each column.</param>
    public ListSource(QueryContext context, IReadOnlyList<ResultType> types, IReadOnlyList<object[]> rows)
    {
        _store = new RowStore(context);
        _block = RowBlock.Create(types);
        TextPool pool = new();
        foreach (ColumnVector column in _block.Columns)
        {
            column.Texts = pool;
        }

        _store.BeginColumns(_block.Columns);
        foreach (object[] row in rows)
        {
            int index = _store.AddRow();
            for (int i = 0; i < row.Length; i++)
            {
                _store.Columns[i].Words[index] = row[i] is string text
                    ? (ulong)pool.Intern(text)
                    : (ulong)(long)row[i];
            }
        }
    }

    public override RowBlock Current => _block;

    public override bool MoveNext()
    {
        int[] order = Enumerable.Range(0, _store.RowCount).ToArray();
        if (_next >= order.Length)
        {
            return false;
        }

        _next += _store.Emit(order, _next, _block);
        return true;
    }

    public override void Dispose()
    {
        // Holds nothing but memory.
    }
}
