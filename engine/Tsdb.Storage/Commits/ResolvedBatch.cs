using Tsdb.Core;

namespace Tsdb.Storage.Commits;

/// <summary>A batch whose tables, columns and series are known by id: what the WAL and the memtable take.
/// Reusable.</summary>
internal sealed class ResolvedBatch
{
    private readonly List<ResolvedTable> _pool = [];

    /// <summary>Bytes of the string cells.</summary>
    public ByteSlab? Texts { get; private set; }

    /// <summary>Where the sender's numbered stream stands with it.</summary>
    public StreamPosition? Position { get; private set; }

    /// <summary>The time of rows that were given theirs here, if there are any.</summary>
    public long? StampedNs { get; private set; }

    public int TableCount { get; private set; }

    public int RowCount { get; private set; }

    public ResolvedTable GetTable(int index) => _pool[index];

    public void Start(SampleBatch batch)
    {
        Texts = batch.Texts;
        Position = batch.Position;
        StampedNs = batch.StampedNs;
        TableCount = 0;
        RowCount = 0;
    }

    public ResolvedTable AddTable()
    {
        if (TableCount == _pool.Count)
        {
            _pool.Add(new ResolvedTable());
        }

        return _pool[TableCount++];
    }

    public void Complete()
    {
        RowCount = 0;
        for (int i = 0; i < TableCount; i++)
        {
            RowCount += _pool[i].Rows.RowCount;
        }
    }
}
