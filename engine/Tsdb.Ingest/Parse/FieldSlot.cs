using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tsdb.Core;

namespace Tsdb.Ingest.Parse;

/// <summary>One field name of a table, as learnt from the sender; outlives the batch.</summary>
internal sealed class FieldSlot
{
    private const int TypeCount = (int)ColumnType.Timestamp + 1;

    private readonly SampleColumn?[] _columns = new SampleColumn?[TypeCount];
    private readonly byte[] _name;
    private readonly byte[] _expectedText;
    private readonly Vector256<byte> _expectedHead;
    private readonly Vector256<byte> _headMask;
    private SampleColumn? _lastColumn;
    private ColumnType _lastType;
    private long _batchNumber;

    /// <param name="name">The name without escapes.</param>
    /// <param name="rawName">The name as it stands in the text.</param>
    public FieldSlot(ReadOnlySpan<byte> name, ReadOnlySpan<byte> rawName)
    {
        _name = name.ToArray();
        _expectedText = [.. rawName, (byte)'='];
        Span<byte> bytes = stackalloc byte[Vector256<byte>.Count];
        bytes.Clear();
        _expectedText.AsSpan(0, Math.Min(bytes.Length, _expectedText.Length)).CopyTo(bytes);
        _expectedHead = Vector256.Create<byte>(bytes);
        bytes[..Math.Min(bytes.Length, _expectedText.Length)].Fill(0xFF);
        _headMask = Vector256.Create<byte>(bytes);
    }

    /// <summary>Bytes of the name as sent, and of the '=' behind it.</summary>
    public int ExpectedSizeBytes => _expectedText.Length;

    /// <summary>
    /// The line in which the field was last seen, so that its second appearance is noticed.
    /// </summary>
    public long LastLine { get; set; }

    /// <summary>Whether the field's name as sent, and '=', stand at <paramref name="position"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsAt(ReadOnlySpan<byte> text, int position)
    {
        ReadOnlySpan<byte> rest = text[position..];
        return rest.Length >= Vector256<byte>.Count && _expectedText.Length <= Vector256<byte>.Count
            ? ((Vector256.Create(rest) ^ _expectedHead) & _headMask) == Vector256<byte>.Zero
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
