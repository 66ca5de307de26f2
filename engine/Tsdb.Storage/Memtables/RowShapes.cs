using Tsdb.Core;
using Tsdb.Storage.Indexing;

namespace Tsdb.Storage.Memtables;

/// <summary>The shapes of one memtable. One thread adds, any may look up by index.</summary>
internal sealed class RowShapes
{
    private readonly PublishedList<RowShape> _shapes = new();
    private readonly Dictionary<ulong, List<RowShape>> _byHash = [];

    public RowShape this[int index] => _shapes[index];

    /// <summary>Finds or adds the shape of rows with these cells.</summary>
    public RowShape Intern(int tableId, ReadOnlySpan<ColumnKey> keys, ReadOnlySpan<ColumnType> types)
    {
        ulong hash = (ulong)tableId;
        for (int i = 0; i < keys.Length; i++)
        {
            hash = (hash ^ keys[i].Packed ^ ((ulong)types[i] << 40)) * 0x9E37_79B9_7F4A_7C15;
        }

        if (!_byHash.TryGetValue(hash, out List<RowShape>? candidates))
        {
            candidates = [];
            _byHash.Add(hash, candidates);
        }

        foreach (RowShape candidate in candidates)
        {
            if (candidate.TableId == tableId
                && keys.SequenceEqual(candidate.Keys)
                && types.SequenceEqual(candidate.Types))
            {
                return candidate;
            }
        }

        RowShape shape = new(_shapes.Count, tableId, keys.ToArray(), types.ToArray());
        _shapes.Add(shape);
        candidates.Add(shape);
        return shape;
    }
}
