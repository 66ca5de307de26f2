using System.Runtime.CompilerServices;
using Tsdb.Core;

namespace Tsdb.Ingest.Parse;

/// <summary>
/// What the parser has learnt of one table: its fields, and the order in which the last line gave them.
/// Senders repeat themselves, so a field is found by one comparison with the expected text.
/// </summary>
internal sealed class TableShape
{
    private readonly byte[] _name;
    private readonly NameIndex _names = new();
    private readonly List<FieldSlot> _fields = [];
    private FieldSlot[] _order = [];
    private TableRows? _rows;
    private long _batchNumber;

    /// <param name="name">The table's name without escapes.</param>
    public TableShape(ReadOnlySpan<byte> name)
    {
        _name = name.ToArray();
        HasExpectedHead = name.Length < ExpectedBytes.SizeBytesMax && !name.ContainsAny(", \\\n"u8);
        ExpectedHead = HasExpectedHead ? new ExpectedBytes(name) : default;
    }

    /// <summary>Whether <see cref="ExpectedHead"/> holds the name as senders write it.</summary>
    public bool HasExpectedHead { get; }

    /// <summary>The name when it is short and needs no escapes.</summary>
    public ExpectedBytes ExpectedHead { get; }

    /// <summary>Field names known.</summary>
    public int FieldCount => _fields.Count;

    /// <summary>
    /// The field expected as a line's number <paramref name="ordinal"/>, if the text confirms it.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public FieldSlot? Predict(ReadOnlySpan<byte> text, int position, int ordinal)
    {
        FieldSlot[] order = _order;
        if ((uint)ordinal >= (uint)order.Length)
        {
            return null;
        }

        FieldSlot field = order[ordinal];
        return field.IsAt(text, position) ? field : null;
    }

    /// <summary>
    /// Finds or adds the field, and expects it as number <paramref name="ordinal"/> of the next line.
    /// </summary>
    public FieldSlot Learn(ReadOnlySpan<byte> rawName, int ordinal, ByteSlab scratch)
    {
        scratch.Clear();
        Span<byte> room = scratch.Reserve(rawName.Length);
        ReadOnlySpan<byte> name = room[..EscapedName.Unescape(rawName, room)];
        int number = _names.Find(name);
        if (number < 0)
        {
            number = _names.Add(name);
            _fields.Add(new FieldSlot(name, rawName));
        }

        FieldSlot field = _fields[number];
        if (ordinal < _order.Length)
        {
            _order[ordinal] = field;
        }
        else if (ordinal == _order.Length)
        {
            _order = [.. _order, field];
        }

        return field;
    }

    /// <summary>The batch's rows for the table; added when this is its first row.</summary>
    public TableRows GetRows(SampleBatch batch, long batchNumber)
    {
        if (_rows is null || _batchNumber != batchNumber)
        {
            _rows = batch.AddTable(_name);
            _batchNumber = batchNumber;
        }

        return _rows;
    }
}
