using System.Runtime.CompilerServices;
using Tsdb.Core;

namespace Tsdb.Ingest.Parse;

/// <summary>One field name of a table, as learnt from the sender; outlives the batch.</summary>
internal sealed class FieldSlot
{
    private const int TypeCount = (int)ColumnType.Timestamp + 1;

    private readonly SampleColumn?[] _columns = new SampleColumn?[TypeCount];
    private readonly byte[] _name;
    private readonly byte[] _expectedText;
    private readonly ExpectedBytes _expectedHead;
    private readonly ExpectedBytes _firstHead;
    private readonly ExpectedBytes _nextHead;
    private SampleColumn? _lastColumn;
    private ColumnType _lastType;
    private long _batchNumber;

    /// <param name="name">The name without escapes.</param>
    /// <param name="rawName">The name as it stands in the text.</param>
    public FieldSlot(ReadOnlySpan<byte> name, ReadOnlySpan<byte> rawName)
    {
        _name = name.ToArray();
        _expectedText = [.. rawName, (byte)'='];
        HasExpectedHead = _expectedText.Length < ExpectedBytes.SizeBytesMax;
        if (HasExpectedHead)
        {
            _expectedHead = new ExpectedBytes(_expectedText);
            _firstHead = new ExpectedBytes([(byte)' ', .. _expectedText]);
            _nextHead = new ExpectedBytes([(byte)',', .. _expectedText]);
        }
    }

    /// <summary>Bytes of the name as sent, and of the '=' behind it.</summary>
    public int ExpectedSizeBytes => _expectedText.Length;

    /// <summary>Whether the name as sent is short enough for <see cref="ExpectedHead"/>.</summary>
    public bool HasExpectedHead { get; }

    /// <summary>The name as sent, and the '=' behind it.</summary>
    public ref readonly ExpectedBytes ExpectedHead => ref _expectedHead;

    /// <summary>The same with what stands before the first field of a line, a ' '.</summary>
    public ref readonly ExpectedBytes FirstHead => ref _firstHead;

    /// <summary>The same with what stands before the other fields, a ','.</summary>
    public ref readonly ExpectedBytes NextHead => ref _nextHead;

    /// <summary>
    /// The line in which the field was last seen, so that its second appearance is noticed.
    /// </summary>
    public long LastLine { get; set; }

    /// <summary>The column that the last cell went to.</summary>
    public SampleColumn? LastColumn => _lastColumn;

    /// <summary>Whether the field's name as sent, and '=', stand at <paramref name="position"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsAt(ReadOnlySpan<byte> text, int position)
    {
        ReadOnlySpan<byte> rest = text[position..];
        return rest.Length >= ExpectedBytes.SizeBytesMax && HasExpectedHead
            ? ExpectedHead.StandAt(in rest[0])
            : rest.StartsWith(_expectedText);
    }

    /// <summary>The batch's column for the field and type; added when it is the first such cell.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public SampleColumn GetColumn(TableRows rows, ColumnType type, long batchNumber) =>
        _batchNumber == batchNumber && _lastType == type && _lastColumn is not null
            ? _lastColumn
            : FindColumn(rows, type, batchNumber);

    private SampleColumn FindColumn(TableRows rows, ColumnType type, long batchNumber)
    {
        if (_batchNumber != batchNumber)
        {
            Array.Clear(_columns);
            _batchNumber = batchNumber;
        }

        _lastType = type;
        _lastColumn = _columns[(int)type] ??= rows.AddColumn(_name, type);
        return _lastColumn;
    }
}
