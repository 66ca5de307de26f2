namespace Tsdb.Query.Operators;

/// <summary>LIMIT and OFFSET. Asks its input for no more than is needed.</summary>
internal sealed class LimitSource(RowSource input, long limit, long offset) : RowSource
{
    private long _toSkip = offset;
    private long _toGive = limit;
    private RowBlock? _block;

    public override RowBlock Current => _block!;

    public override bool MoveNext()
    {
        while (_toGive > 0 && input.MoveNext())
        {
            RowBlock source = input.Current;
            if (_toSkip >= source.RowCount)
            {
                _toSkip -= source.RowCount;
                continue;
            }

            int start = (int)_toSkip;
            int count = (int)Math.Min(source.RowCount - start, _toGive);
            _toSkip = 0;
            _toGive -= count;
            _block ??= RowBlock.Create([.. source.Columns.Select(column => column.Type)]);
            for (int i = 0; i < source.Columns.Length; i++)
            {
                _block.Columns[i].HasNulls = false;
                VectorCopy.Append(source.Columns[i], start, count, _block.Columns[i], 0);
            }

            _block.RowCount = count;
            return true;
        }

        return false;
    }

    public override void Dispose() => input.Dispose();
}
