using Tsdb.Core;

namespace Tsdb.Ingest.Parse;

/// <summary>One field name of a table, as learnt from the sender; outlives the batch.</summary>
internal sealed class FieldSlot
{
    private const int TypeCount = (int)ColumnType.Timestamp + 1;

    private readonly SampleColumn?[] _columns = new SampleColumn?[TypeCount];
    private readonly byte[] _name;
    private long _batchNumber;

    /// <param name="name">The name without escapes.</param>
    /// <param name="rawName">The name as it stands in the text.</param>
    public FieldSlot(ReadOnlySpan<byte> name, ReadOnlySpan<byte> rawName)
    {
        _name = name.ToArray();
        ExpectedText = [.. rawName, (byte)'='];
        IsReserved = EscapedName.IsReserved(rawName);
    }

    /// <summary>What stands in the text where this field is given: its name as sent, and '='.</summary>
    public byte[] ExpectedText { get; }

    /// <summary>Bytes of the name without escapes.</summary>
    public int NameSizeBytes => _name.Length;

    /// <summary>Whether the name is the time column's.</summary>
    public bool IsReserved { get; }

    /// <summary>The line in which the field was last seen, so that its second appearance is noticed.</summary>
    public long LastLine { get; set; }

    /// <summary>The batch's column for the field and type; added when it is the first such cell.</summary>
    public SampleColumn GetColumn(TableRows rows, ColumnType type, long batchNumber)
    {
        if (_batchNumber != batchNumber)
        {
            Array.Clear(_columns);
            _batchNumber = batchNumber;
        }

        return _columns[(int)type] ??= rows.AddColumn(_name, type);
    }
}
