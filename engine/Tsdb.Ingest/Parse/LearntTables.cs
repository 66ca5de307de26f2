using Tsdb.Core;

namespace Tsdb.Ingest.Parse;

/// <summary>
/// The tables that a parser has met, with what it knows of each; kept from request to request.
/// </summary>
internal sealed class LearntTables
{
    private const int TableCountMax = 4096;
    private const int FieldCountMax = 1 << 16;

    private readonly List<TableShape> _shapes = [];
    private NameIndex _names = new();

    /// <summary>Whether so much has been learnt that it is better forgotten.</summary>
    public bool IsFull
    {
        get
        {
            int fieldCount = 0;
            foreach (TableShape shape in _shapes)
            {
                fieldCount += shape.FieldCount;
            }

            return _shapes.Count > TableCountMax || fieldCount > FieldCountMax;
        }
    }

    /// <summary>The table of that name; new when it is not known.</summary>
    public TableShape FindOrAdd(ReadOnlySpan<byte> rawName, ByteSlab scratch)
    {
        scratch.Clear();
        Span<byte> room = scratch.Reserve(rawName.Length);
        ReadOnlySpan<byte> name = room[..EscapedName.Unescape(rawName, room)];
        int number = _names.Find(name);
        if (number < 0)
        {
            number = _names.Add(name);
            _shapes.Add(new TableShape(name));
        }

        return _shapes[number];
    }

    /// <summary>Forgets all tables.</summary>
    public void Clear()
    {
        _shapes.Clear();
        _names = new NameIndex();
    }
}
