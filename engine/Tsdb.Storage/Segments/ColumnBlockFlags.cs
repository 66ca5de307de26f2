namespace Tsdb.Storage.Segments;

/// <summary>
/// First byte of a column's index entry for one block: bits 0-1 which rows are present, bit 2 whether all
/// present cells are the same, bits 3-4 the <see cref="StatisticsForm"/>, the rest zero.
/// </summary>
internal static class ColumnBlockFlags
{
    public const byte AllPresent = 0;
    public const byte SomePresent = 1;
    public const byte NonePresent = 2;
    public const byte PresenceMask = 3;
    public const byte Constant = 4;
    public const byte Known = 0x1F;
    public const int FormShift = 3;

    public static byte Of(StatisticsForm form) => (byte)((byte)form << FormShift);

    public static StatisticsForm GetForm(byte flags) => (StatisticsForm)(flags >> FormShift & 3);
}
