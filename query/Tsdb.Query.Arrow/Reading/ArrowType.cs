using Tsdb.Core;

namespace Tsdb.Query.Arrow.Reading;

/// <summary>A foreign column's type.</summary>
/// <param name="Kind">How its values lie in memory; None when they are not taken.</param>
/// <param name="Name">As the sender would write it.</param>
/// <param name="NsPerUnit">Of instants.</param>
internal readonly record struct ArrowType(ArrowKind Kind, string Name, long NsPerUnit = 1)
{
    private const long NsPerSecond = 1_000_000_000;
    private const long NsPerDay = 86_400 * NsPerSecond;

    // Numbers of the union `Type` in Arrow's Schema.fbs.
    private const int NullType = 1;
    private const int IntType = 2;
    private const int FloatingPointType = 3;
    private const int Utf8Type = 5;
    private const int BoolType = 6;
    private const int DateType = 8;
    private const int TimestampType = 10;
    private const int LargeUtf8Type = 20;
    private const int Utf8ViewType = 24;

    private static readonly string[] _names =
    [
        "none", "null", "int", "float", "binary", "utf8", "bool", "decimal", "date", "time", "timestamp",
        "interval", "list", "struct", "union", "fixed_size_binary", "fixed_size_list", "map", "duration",
        "large_binary", "large_utf8", "large_list", "run_end_encoded", "binary_view", "utf8_view",
        "list_view", "large_list_view",
    ];

    public bool IsText => Kind is ArrowKind.Text or ArrowKind.LargeText or ArrowKind.TextView;

    public bool IsInteger => Kind is >= ArrowKind.Int8 and <= ArrowKind.UInt64;

    /// <summary>Whether it can be a row's time; plain int64 are nanoseconds.</summary>
    public bool IsTime => Kind is ArrowKind.Instant64 or ArrowKind.Instant32 or ArrowKind.Int64;

    /// <summary>What its values are stored as.</summary>
    public ColumnType ColumnType => Kind switch
    {
        >= ArrowKind.Int8 and <= ArrowKind.UInt64 => ColumnType.Int64,
        ArrowKind.Float16 or ArrowKind.Float32 or ArrowKind.Float64 => ColumnType.Float64,
        ArrowKind.Bool => ColumnType.Bool,
        ArrowKind.Instant32 or ArrowKind.Instant64 => ColumnType.Timestamp,
        ArrowKind.Text or ArrowKind.LargeText or ArrowKind.TextView => ColumnType.String,
        _ => ColumnType.None,
    };

    /// <summary>Bytes of a value; of texts, of the offset or view that leads to one. 0 for bits and
    /// nulls.</summary>
    public int ValueSizeBytes => Kind switch
    {
        ArrowKind.Int8 or ArrowKind.UInt8 => 1,
        ArrowKind.Int16 or ArrowKind.UInt16 or ArrowKind.Float16 => 2,
        ArrowKind.Int32 or ArrowKind.UInt32 or ArrowKind.Float32 or ArrowKind.Instant32 => 4,
        ArrowKind.Int64 or ArrowKind.UInt64 or ArrowKind.Float64 or ArrowKind.Instant64 => 8,
        ArrowKind.Text => 4,
        ArrowKind.LargeText => 8,
        ArrowKind.TextView => 16,
        _ => 0,
    };

    /// <summary>Reads the type that a field of Arrow's Schema.fbs has.</summary>
    public static ArrowType Read(int unionNumber, FlatTable type) => unionNumber switch
    {
        NullType => new(ArrowKind.Null, "null"),
        IntType => ReadInt(type),
        FloatingPointType => ReadFloat(type.ReadInt16(0, absent: 0)),
        Utf8Type => new(ArrowKind.Text, "utf8"),
        BoolType => new(ArrowKind.Bool, "bool"),
        DateType when type.ReadInt16(0, absent: 1) == 0 => new(ArrowKind.Instant32, "date32", NsPerDay),
        DateType when type.ReadInt16(0, absent: 1) == 1 => new(ArrowKind.Instant64, "date64", 1_000_000),
        TimestampType => ReadTimestamp(type.ReadInt16(0, absent: 0)),
        LargeUtf8Type => new(ArrowKind.LargeText, "large_utf8"),
        Utf8ViewType => new(ArrowKind.TextView, "utf8_view"),
        _ => new(ArrowKind.None, NameOf(unionNumber)),
    };

    /// <summary>Reads a table `Int` of Arrow's Schema.fbs.</summary>
    public static ArrowType ReadInt(FlatTable type)
    {
        int bitCount = type.ReadInt32(0);
        return (bitCount, type.ReadByte(1) != 0) switch
        {
            (8, true) => new(ArrowKind.Int8, "int8"),
            (16, true) => new(ArrowKind.Int16, "int16"),
            (32, true) => new(ArrowKind.Int32, "int32"),
            (64, true) => new(ArrowKind.Int64, "int64"),
            (8, false) => new(ArrowKind.UInt8, "uint8"),
            (16, false) => new(ArrowKind.UInt16, "uint16"),
            (32, false) => new(ArrowKind.UInt32, "uint32"),
            (64, false) => new(ArrowKind.UInt64, "uint64"),
            _ => new(ArrowKind.None, $"an integer of {bitCount} bits"),
        };
    }

    private static ArrowType ReadFloat(short precision) => precision switch
    {
        0 => new(ArrowKind.Float16, "float16"),
        1 => new(ArrowKind.Float32, "float32"),
        2 => new(ArrowKind.Float64, "float64"),
        _ => new(ArrowKind.None, "a float of unknown precision"),
    };

    private static ArrowType ReadTimestamp(short unit) => unit switch
    {
        0 => new(ArrowKind.Instant64, "timestamp[s]", NsPerSecond),
        1 => new(ArrowKind.Instant64, "timestamp[ms]", 1_000_000),
        2 => new(ArrowKind.Instant64, "timestamp[us]", 1_000),
        3 => new(ArrowKind.Instant64, "timestamp[ns]"),
        _ => new(ArrowKind.None, "a timestamp of unknown unit"),
    };

    private static string NameOf(int unionNumber) =>
        (uint)unionNumber < (uint)_names.Length ? _names[unionNumber] : $"of unknown type {unionNumber}";
}
