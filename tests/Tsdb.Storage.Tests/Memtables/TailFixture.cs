using Tsdb.Core;
using Tsdb.Storage.Memtables;
using Tsdb.Storage.Memtables.Sealing;
using Tsdb.Storage.Segments;

namespace Tsdb.Storage.Tests.Memtables;

/// <summary>One series of a memtable, written row by row.</summary>
internal sealed class TailFixture : IDisposable
{
    private readonly SlabPool _pool = new(MemoryAccount.CreateRoot("test", long.MaxValue), 0);
    private readonly Arena _arena;
    private readonly RowShapes _shapes = new();
    private uint _ordinal;

    public TailFixture()
    {
        _arena = new Arena(_pool);
        ArenaCursor cursor = new(_arena);
        Shard = new MemtableShard(_arena, cursor, new RowSealer(_arena, cursor));
    }

    public MemtableShard Shard { get; }

    public RowShape AddShape(params ColumnType[] types) =>
        _shapes.Intern(1, [.. types.Select(static (_, i) => ColumnKey.ValueOf(i + 1))], types);

    public void Append(RowShape shape, long timestampNs, params ReadOnlySpan<ulong> cells)
    {
        uint tail = Shard.FindOrAddTail(0, shape);
        uint row = Shard.Reserve(tail, shape, timestampNs);
        Span<ulong> words = _arena.Words(row, shape.StrideWordCount);
        words[0] = (ulong)timestampNs;
        words[1] = _ordinal++;
        cells[..shape.Keys.Length].CopyTo(words[RowShape.HeaderWordCount..]);
        Shard.Publish(tail);
    }

    public MemtableSeriesReader CreateReader() => new(_arena, _shapes);

    public SeriesRows Read(TimeRange range)
    {
        SeriesRows rows = new();
        CreateReader().Collect(Shard, 0, range, [], rows);
        return rows;
    }

    public void Dispose()
    {
        _arena.Dispose();
        _pool.Dispose();
    }
}
