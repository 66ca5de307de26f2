namespace Tsdb.Storage.Memtables.Sealing;

/// <summary>
/// Words of a chunk of sealed rows in the <see cref="Arena"/>: column after column, each in as few bytes a
/// value as its spread takes. In memory only; a flush encodes anew, in blocks of 1024 rows.
/// </summary>
/// <remarks>
/// <code>
/// chunk   word 0  next chunk (low 32 bits)
///         word 1  least timestamp, ns · word 2 greatest timestamp, ns
///         then    a code byte for each word of a row, padded to words; then the columns
/// column  word 0  base · word 1 step, of linear columns only
///         then    rows × width bytes, padded to words
/// code    bits 0 to 2  width: 0, 1, 2, 4, 8 bytes
///         bits 3 to 7  form: 0 plain, 1 linear, 2 + k digits over 10^k
/// </code>
/// Value i is base + packed[i], for linear columns + i · step, modulo 2^64. The row count is the shape's
/// <see cref="RowShape.OpenRowCount"/>.
/// </remarks>
internal static class SealedChunk
{
    public const int Next = 0;
    public const int MinTimestamp = 1;
    public const int MaxTimestamp = 2;
    public const int HeaderWordCount = 3;

    public const int FormShift = 3;
    public const int PlainForm = 0;
    public const int LinearForm = 1;
    public const int FirstDecimalForm = 2;

    private const int WidthMask = 7;

    /// <summary>Words of the code bytes.</summary>
    public static int CodeWordCount(int columnCount) => (columnCount + sizeof(ulong) - 1) / sizeof(ulong);

    public static byte Code(int form, int width) => (byte)((form << FormShift) | width);

    public static int FormOf(byte code) => code >> FormShift;

    /// <summary>Bytes of a packed value.</summary>
    public static int SizeBytesOf(byte code) => (1 << (code & WidthMask)) >> 1;

    /// <summary>The least width that holds a spread.</summary>
    public static int WidthOf(ulong spread) => spread switch
    {
        0 => 0,
        <= byte.MaxValue => 1,
        <= ushort.MaxValue => 2,
        <= uint.MaxValue => 3,
        _ => 4,
    };

    /// <summary>Words before a column's packed values.</summary>
    public static int BaseWordCount(byte code) => FormOf(code) == LinearForm ? 2 : 1;

    /// <summary>Words of a column.</summary>
    public static int ColumnWordCount(byte code, int rowCount) =>
        BaseWordCount(code) + (((rowCount * SizeBytesOf(code)) + sizeof(ulong) - 1) / sizeof(ulong));

    /// <summary>Words of the largest chunk of so many rows and columns.</summary>
    public static int WordCountMax(int columnCount, int rowCount) =>
        HeaderWordCount + CodeWordCount(columnCount) + (columnCount * (2 + rowCount));
}
