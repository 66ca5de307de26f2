using Tsdb.Query.Planning;

namespace Tsdb.Query.Operators;

/// <summary>
/// ORDER BY: holds all rows, or with a limit little more than the rows needed: what cannot be among the first
/// is dropped whenever the store has grown to a multiple of them.
/// </summary>
internal sealed class SortSource(
    RowSource input, IReadOnlyList<SortKey> keys, long rowsNeeded, QueryContext context) : RowSource
{
    private const int PruneRowCountMin = 16_384;

    private readonly RowStore _store = new(context);
    private RowBlock? _block;
    private int[]? _order;
    private int _next;

    public override RowBlock Current => _block!;

    public override bool MoveNext()
    {
        _order ??= Run();
        if (_next >= _order.Length)
        {
            return false;
        }

        _block ??= RowBlock.Create([.. _store.Columns.Select(column => column.Type)]);
        _next += _store.Emit(_order, _next, _block);
        return true;
    }

    public override void Dispose() => input.Dispose();

    private int[] Run()
    {
        long pruneAt = rowsNeeded > int.MaxValue / 4
            ? long.MaxValue
            : Math.Max(PruneRowCountMin, rowsNeeded * 2);
        while (input.MoveNext())
        {
            context.CheckGoOn();
            _store.Append(input.Current);
            if (_store.RowCount > pruneAt)
            {
                _store.Keep(First(Sort()));
            }
        }

        return First(Sort()).ToArray();
    }

    private int[] Sort()
    {
        long sizeBytes = (long)_store.RowCount * (sizeof(int) + (keys.Count * sizeof(long)));
        context.Charge(sizeBytes);
        int[] order = RowOrder.Sort(_store, keys);
        context.Charge(-sizeBytes);
        return order;
    }

    private ReadOnlySpan<int> First(int[] order) => order.AsSpan(0, (int)Math.Min(order.Length, rowsNeeded));
}
