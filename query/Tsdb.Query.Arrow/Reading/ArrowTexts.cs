using System.Buffers.Binary;

namespace Tsdb.Query.Arrow.Reading;

/// <summary>A foreign column of texts, read row by row; every place is checked before it is
/// followed.</summary>
internal readonly ref struct ArrowTexts
{
    private const int ViewSizeBytes = 16;
    private const int InlineSizeBytesMax = 12;
    private const int ViewInlineOffset = 4;
    private const int ViewBufferOffset = 8;
    private const int ViewPlaceOffset = 12;

    private readonly string _name;
    private readonly ArrowKind _kind;
    private readonly ReadOnlySpan<byte> _validity;
    private readonly ReadOnlySpan<byte> _values;
    private readonly ReadOnlySpan<byte> _texts;
    private readonly ReadOnlyMemory<byte>[]? _viewBuffers;

    public ArrowTexts(string name, ArrowType type, in ArrowColumnBuffers buffers, int rowCount)
    {
        _name = name;
        _kind = type.Kind;
        _validity = buffers.Validity.Span;
        _values = buffers.Values.Span;
        _texts = buffers.Texts.Span;
        _viewBuffers = buffers.ViewBuffers;
        RowCount = rowCount;
    }

    public int RowCount { get; }

    public bool IsNull(int row) => !ArrowColumnBuffers.IsValid(_validity, row);

    /// <summary>The row's text; empty for null.</summary>
    /// <exception cref="ArrowInputException">It lies outside its buffer.</exception>
    public ReadOnlySpan<byte> GetText(int row, out bool isNull)
    {
        isNull = IsNull(row);
        return isNull ? [] : GetText(row);
    }

    /// <summary>The text of a row that is not null.</summary>
    /// <exception cref="ArrowInputException">It lies outside its buffer.</exception>
    public ReadOnlySpan<byte> GetText(int row)
    {
        switch (_kind)
        {
            case ArrowKind.Text:
                ReadOnlySpan<int> offsets = CellReader.Run<int>(_values, row, 2);
                return Slice(_texts, offsets[0], offsets[1]);
            case ArrowKind.LargeText:
                ReadOnlySpan<long> large = CellReader.Run<long>(_values, row, 2);
                return Slice(_texts, large[0], large[1]);
            default:
                return GetView(_values.Slice(row * ViewSizeBytes, ViewSizeBytes));
        }
    }

    /// <summary>Bytes of the texts of a run, nulls' leftovers included; each counts at most
    /// <paramref name="sizeBytesMax"/>.</summary>
    public long Measure(int firstRow, int rowCount, int sizeBytesMax)
    {
        long totalBytes = 0;
        for (int row = firstRow; row < firstRow + rowCount; row++)
        {
            totalBytes += Math.Min(sizeBytesMax, GetText(row, out _).Length);
        }

        return totalBytes;
    }

    private ReadOnlySpan<byte> GetView(ReadOnlySpan<byte> view)
    {
        int sizeBytes = BinaryPrimitives.ReadInt32LittleEndian(view);
        if (sizeBytes is >= 0 and <= InlineSizeBytesMax)
        {
            return view.Slice(ViewInlineOffset, sizeBytes);
        }

        int buffer = BinaryPrimitives.ReadInt32LittleEndian(view[ViewBufferOffset..]);
        int first = BinaryPrimitives.ReadInt32LittleEndian(view[ViewPlaceOffset..]);
        return _viewBuffers is not null && (uint)buffer < (uint)_viewBuffers.Length
            ? Slice(_viewBuffers[buffer].Span, first, first + (long)sizeBytes)
            : throw Outside();
    }

    private ReadOnlySpan<byte> Slice(ReadOnlySpan<byte> bytes, long first, long end) =>
        first >= 0 && end >= first && end <= bytes.Length
            ? bytes[(int)first..(int)end]
            : throw Outside();

    private ArrowInputException Outside() =>
        new($"malformed Arrow batch: column '{_name}' has a text outside its buffer");
}
