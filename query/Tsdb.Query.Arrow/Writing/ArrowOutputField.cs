namespace Tsdb.Query.Arrow.Writing;

/// <summary>A column of a schema that is written.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
/// <param name="DictionaryId">Which dictionary, of a column that has one.</param>
public sealed record ArrowOutputField(string Name, ArrowOutputType Type, long DictionaryId = 0)
{
    // Numbers of the union `Type` in Arrow's Schema.fbs.
    private const byte IntType = 2;
    private const byte FloatingPointType = 3;
    private const byte Utf8Type = 5;
    private const byte BoolType = 6;
    private const byte TimestampType = 10;
    private const short DoublePrecision = 2;
    private const short Nanoseconds = 3;

    internal void Write(FlatWriter flat, int pointer)
    {
        bool isDictionary = Type == ArrowOutputType.TextDictionary;

        // name · nullable · type's kind · type · dictionary · children
        int field = flat.AddTable(4, 1, 1, 4, isDictionary ? 4 : 0, 4);
        flat.Point(pointer, field);
        flat.AddText(flat.FieldOf(field, 0), Name);
        flat.WriteByte(flat.FieldOf(field, 1), 1);
        flat.WriteByte(flat.FieldOf(field, 2), KindOf());
        WriteType(flat, flat.FieldOf(field, 3));
        flat.AddVector(flat.FieldOf(field, 5), 0, sizeof(int));
        if (isDictionary)
        {
            int dictionary = flat.AddTable(8, 4);
            flat.Point(flat.FieldOf(field, 4), dictionary);
            flat.WriteInt64(flat.FieldOf(dictionary, 0), DictionaryId);
            WriteInt(flat, flat.FieldOf(dictionary, 1), bitCount: 32);
        }
    }

    private byte KindOf() => Type switch
    {
        ArrowOutputType.Float64 => FloatingPointType,
        ArrowOutputType.Bool => BoolType,
        ArrowOutputType.Text or ArrowOutputType.TextDictionary => Utf8Type,
        ArrowOutputType.Timestamp => TimestampType,
        _ => IntType,
    };

    private void WriteType(FlatWriter flat, int pointer)
    {
        switch (Type)
        {
            case ArrowOutputType.Float64:
                int number = flat.AddTable(2);
                flat.Point(pointer, number);
                flat.WriteInt16(flat.FieldOf(number, 0), DoublePrecision);
                break;
            case ArrowOutputType.Timestamp:
                int instant = flat.AddTable(2, 4);
                flat.Point(pointer, instant);
                flat.WriteInt16(flat.FieldOf(instant, 0), Nanoseconds);
                flat.AddText(flat.FieldOf(instant, 1), "UTC");
                break;
            case ArrowOutputType.Int8:
                WriteInt(flat, pointer, bitCount: 8);
                break;
            case ArrowOutputType.Int16:
                WriteInt(flat, pointer, bitCount: 16);
                break;
            case ArrowOutputType.Int32:
                WriteInt(flat, pointer, bitCount: 32);
                break;
            case ArrowOutputType.Int64:
                WriteInt(flat, pointer, bitCount: 64);
                break;
            default:
                flat.Point(pointer, flat.AddTable());
                break;
        }
    }

    private static void WriteInt(FlatWriter flat, int pointer, int bitCount)
    {
        int type = flat.AddTable(4, 1);
        flat.Point(pointer, type);
        flat.WriteInt32(flat.FieldOf(type, 0), bitCount);
        flat.WriteByte(flat.FieldOf(type, 1), 1);
    }
}
