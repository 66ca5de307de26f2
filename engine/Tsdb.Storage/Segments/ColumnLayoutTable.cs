using Tsdb.Core;
using Tsdb.Storage.Codecs;

namespace Tsdb.Storage.Segments;

/// <summary>
/// The distinct lists of columns that a segment's series have, written once each: series of one table mostly
/// have the same.
/// </summary>
/// <remarks>
/// Bytes (docs/formats/segment.md, "Column layouts"): layout count, then each layout as column count and, per
/// column, packed key minus the one before it, and type (one byte). All numbers LEB128.
/// </remarks>
internal sealed class ColumnLayoutTable
{
    // Series of so many tables may follow each other and find their layout at once.
    private const int PlainCount = 16;

    private readonly PlainLayout?[] _plain = new PlainLayout?[PlainCount];
    private readonly Dictionary<uint, List<int>> _byHash = [];
    private readonly List<byte[]> _layouts = [];
    private readonly PackedWriter _candidate = new();

    /// <summary>The number of the layout of these columns, if all are plain values in every row and the
    /// table's last series had the same.</summary>
    public bool TryFindPlain(int tableId, ReadOnlySpan<RowColumn> columns, out int number)
    {
        PlainLayout? plain = _plain[tableId % PlainCount];
        number = plain?.Number ?? 0;
        return plain is not null && plain.IsOf(columns);
    }

    /// <summary>Has <see cref="TryFindPlain"/> know the columns of a series, if they are plain
    /// values.</summary>
    public void NotePlain(int tableId, ReadOnlySpan<RowColumn> columns, int number)
    {
        ref PlainLayout? plain = ref _plain[tableId % PlainCount];
        plain ??= new PlainLayout();
        plain.Remember(columns, number);
    }

    /// <summary>The number of the layout made of these columns, in this order.</summary>
    public int GetOrAdd(ReadOnlySpan<RowColumn> columns)
    {
        _candidate.Clear();
        _candidate.WriteUnsigned((ulong)columns.Length);
        uint previousKey = 0;
        foreach (RowColumn column in columns)
        {
            _candidate.WriteUnsigned(column.Key.Packed - previousKey);
            _candidate.WriteByte((byte)column.Type);
            previousKey = column.Key.Packed;
        }

        return FindOrAddCandidate();
    }

    /// <summary>The number of the layout made of the columns that have cells.</summary>
    public int GetOrAdd(SeriesAssembly series)
    {
        ReadOnlySpan<AssembledColumn> columns = series.Columns;
        _candidate.Clear();
        int count = 0;
        foreach (AssembledColumn column in columns)
        {
            count += column.HasCells ? 1 : 0;
        }

        _candidate.WriteUnsigned((ulong)count);
        uint previousKey = 0;
        foreach (AssembledColumn column in columns)
        {
            if (column.HasCells)
            {
                _candidate.WriteUnsigned(column.Layout.Key.Packed - previousKey);
                _candidate.WriteByte((byte)column.Layout.Type);
                previousKey = column.Layout.Key.Packed;
            }
        }

        return FindOrAddCandidate();
    }

    private int FindOrAddCandidate()
    {
        uint hash = Crc32C.Compute(_candidate.Span);
        if (!_byHash.TryGetValue(hash, out List<int>? numbers))
        {
            numbers = [];
            _byHash.Add(hash, numbers);
        }

        foreach (int number in numbers)
        {
            if (_candidate.Span.SequenceEqual(_layouts[number]))
            {
                return number;
            }
        }

        numbers.Add(_layouts.Count);
        _layouts.Add(_candidate.Span.ToArray());
        return _layouts.Count - 1;
    }

    /// <summary>Writes the section.</summary>
    public void Write(PackedWriter target)
    {
        target.WriteUnsigned((ulong)_layouts.Count);
        foreach (byte[] layout in _layouts)
        {
            target.Write(layout);
        }
    }

    /// <summary>Reads the section; null when it makes no sense.</summary>
    public static ColumnLayout[][]? Read(ReadOnlySpan<byte> section)
    {
        PackedReader source = new(section);
        ColumnLayout[][] layouts = new ColumnLayout[source.ReadCount(section.Length)][];
        bool isValid = true;
        for (int i = 0; i < layouts.Length; i++)
        {
            ColumnLayout[] columns = new ColumnLayout[source.ReadCount(section.Length)];
            ulong key = 0;
            for (int j = 0; j < columns.Length; j++)
            {
                int step = source.ReadCount(int.MaxValue);
                key += (uint)step;
                columns[j] = new(ColumnKey.FromPacked((uint)key), (ColumnType)source.ReadByte());
                isValid &= key <= uint.MaxValue && (step > 0 || j == 0) && IsStored(columns[j].Type);
            }

            layouts[i] = columns;
        }

        return isValid && !source.IsMalformed && source.IsAtEnd ? layouts : null;
    }

    private static bool IsStored(ColumnType type) =>
        type is >= ColumnType.Float64 and <= ColumnType.Timestamp;
}
