using Tsdb.Core;
using Tsdb.Query.Operators.Aggregates;

namespace Tsdb.Query.Operators;

/// <summary>Each different row once, at its first appearance.</summary>
internal sealed class DistinctSource(RowSource input, QueryContext context) : RowSource
{
    private GroupTable? _seen;
    private RowBlock? _block;
    private ulong[] _key = [];

    public override RowBlock Current => _block!;

    public override bool MoveNext()
    {
        while (input.MoveNext())
        {
            RowBlock source = input.Current;
            _seen ??= new GroupTable(source.Columns.Length);
            _block ??= RowBlock.Create([.. source.Columns.Select(column => column.Type)]);
            List<int> rows = FindNew(source, _seen);
            if (rows.Count > 0)
            {
                ReadOnlySpan<int> kept = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(rows);
                for (int i = 0; i < source.Columns.Length; i++)
                {
                    VectorCopy.Gather(source.Columns[i], kept, _block.Columns[i]);
                }

                _block.RowCount = rows.Count;
                return true;
            }
        }

        return false;
    }

    public override void Dispose() => input.Dispose();

    private List<int> FindNew(RowBlock source, GroupTable seen)
    {
        List<int> rows = [];
        Array.Resize(ref _key, source.Columns.Length);
        for (int row = 0; row < source.RowCount; row++)
        {
            ulong nulls = 0;
            for (int i = 0; i < _key.Length; i++)
            {
                ColumnVector column = source.Columns[i];
                bool isNull = column.IsNull(row);
                _key[i] = isNull ? 0 : column.Words[row];
                nulls |= isNull ? 1UL << i : 0;
            }

            int count = seen.Count;
            if (seen.FindOrAdd(_key, nulls) == count)
            {
                rows.Add(row);
            }
        }

        context.Charge((long)rows.Count * (_key.Length + 2) * sizeof(ulong));
        return rows;
    }
}
