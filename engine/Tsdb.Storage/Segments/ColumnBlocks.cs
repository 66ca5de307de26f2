using Tsdb.Core;

namespace Tsdb.Storage.Segments;

/// <summary>
/// The index entries of one column of one series, unpacked on first use. Reusable; for one thread.
/// </summary>
internal sealed class ColumnBlocks
{
    private ColumnBlockEntry[] _entries = [];
    private int _entriesOffsetBytes;
    private int _entriesEndBytes;
    private long _dataOffsetBytes;
    private long _dataEndBytes;
    private bool _isRead;

    /// <summary>Key and type of the cells.</summary>
    public ColumnLayout Layout { get; private set; }

    /// <summary>Points to the column's entries and chunks.</summary>
    public void Open(
        ColumnLayout layout,
        int entriesOffsetBytes,
        int entriesSizeBytes,
        long dataOffsetBytes,
        long dataSizeBytes)
    {
        Layout = layout;
        _entriesOffsetBytes = entriesOffsetBytes;
        _entriesEndBytes = entriesOffsetBytes + entriesSizeBytes;
        _dataOffsetBytes = dataOffsetBytes;
        _dataEndBytes = dataOffsetBytes + dataSizeBytes;
        _isRead = false;
    }

    /// <summary>The entry of one block.</summary>
    /// <param name="segment">The segment that the column was opened in.</param>
    /// <param name="rowCounts">Rows of each block of the series.</param>
    /// <param name="block">Which block.</param>
    public ref readonly ColumnBlockEntry GetEntry(
        SegmentReader segment, ReadOnlySpan<int> rowCounts, int block)
    {
        if (!_isRead)
        {
            ReadEntries(segment, rowCounts);
        }

        return ref _entries.AsSpan(0, rowCounts.Length)[block];
    }

    /// <summary>The value that all present cells of a constant block have.</summary>
    public ulong ReadConstant(SegmentReader segment, in ColumnBlockEntry entry)
    {
        PackedReader source = new(segment.BlockIndex[.._entriesEndBytes], entry.DetailOffsetBytes);
        return ReadConstant(ref source, entry.Form, out _, out _);
    }

    /// <summary>The statistics of one block; false when there are none.</summary>
    public bool TryGetStatistics(
        SegmentReader segment,
        in ColumnBlockEntry entry,
        long blockFirstNs,
        long blockLastNs,
        out BlockStatistics statistics)
    {
        if (entry.Form == StatisticsForm.None)
        {
            statistics = default;
            return false;
        }

        PackedReader source = new(segment.BlockIndex[.._entriesEndBytes], entry.DetailOffsetBytes);
        statistics = entry.IsConstant ? ReadOfConstant(ref source, entry) : ReadStored(ref source, entry);
        bool isSparse = (entry.Flags & ColumnBlockFlags.PresenceMask) == ColumnBlockFlags.SomePresent;
        ulong fromStartNs = isSparse ? source.ReadUnsigned() : 0;
        ulong toEndNs = isSparse ? source.ReadUnsigned() : 0;
        statistics = statistics with
        {
            FirstTimestampNs = unchecked((long)((ulong)blockFirstNs + fromStartNs)),
            LastTimestampNs = unchecked((long)((ulong)blockLastNs - toEndNs)),
        };
        return true;
    }

    private void ReadEntries(SegmentReader segment, ReadOnlySpan<int> rowCounts)
    {
        if (_entries.Length < rowCounts.Length)
        {
            _entries = new ColumnBlockEntry[Math.Max(rowCounts.Length, _entries.Length * 2)];
        }

        PackedReader source = new(segment.BlockIndex[.._entriesEndBytes], _entriesOffsetBytes);
        long offsetBytes = _dataOffsetBytes;
        for (int block = 0; block < rowCounts.Length; block++)
        {
            ref ColumnBlockEntry entry = ref _entries[block];
            int entryOffsetBytes = source.OffsetBytes;
            bool isValid = TryReadEntry(ref source, ref entry, rowCounts[block]);
            entry.EntryOffsetBytes = entryOffsetBytes;
            entry.EntrySizeBytes = source.OffsetBytes - entryOffsetBytes;
            entry.ChunkOffsetBytes = offsetBytes;
            offsetBytes += entry.ChunkSizeBytes;
            if (!isValid || offsetBytes > _dataEndBytes)
            {
                segment.ThrowMalformed(_entriesOffsetBytes);
            }
        }

        if (source.IsMalformed || !source.IsAtEnd || offsetBytes != _dataEndBytes)
        {
            segment.ThrowMalformed(_entriesOffsetBytes);
        }

        _isRead = true;
    }

    private bool TryReadEntry(ref PackedReader source, ref ColumnBlockEntry entry, int rowCount)
    {
        entry = default;
        entry.Flags = source.ReadByte();
        int presence = entry.Flags & ColumnBlockFlags.PresenceMask;
        if (presence == ColumnBlockFlags.NonePresent)
        {
            return entry.Flags == ColumnBlockFlags.NonePresent;
        }

        bool isSparse = presence == ColumnBlockFlags.SomePresent;
        entry.PresentCount = rowCount;
        if (isSparse)
        {
            entry.PresentCount = source.ReadCount(rowCount);
            entry.BitmapSizeBytes = source.ReadCount(int.MaxValue / 2);
        }

        if (!entry.IsConstant)
        {
            entry.CellsSizeBytes = source.ReadCount(int.MaxValue / 2);
        }

        if (isSparse || !entry.IsConstant)
        {
            entry.Crc = source.ReadFixed32();
        }

        entry.DetailOffsetBytes = source.OffsetBytes;
        SkipDetail(ref source, entry);
        if (isSparse && entry.Form != StatisticsForm.None)
        {
            source.ReadUnsigned();
            source.ReadUnsigned();
        }

        return presence <= ColumnBlockFlags.SomePresent && (entry.Flags & ~ColumnBlockFlags.Known) == 0
            && entry.PresentCount > 0
            && !(entry.IsConstant && Layout.Type == ColumnType.String);
    }

    private void SkipDetail(ref PackedReader source, in ColumnBlockEntry entry)
    {
        if (entry.IsConstant)
        {
            ReadConstant(ref source, entry.Form, out _, out _);
            return;
        }

        switch (entry.Form)
        {
            case StatisticsForm.Integer:
                IntegerSummary.Read(ref source);
                break;
            case StatisticsForm.Decimal:
                source.Skip(1);
                IntegerSummary.Read(ref source);
                break;
            case StatisticsForm.Binary:
                source.Skip(BinarySummary.SizeBytes);
                break;
            default:
                break;
        }
    }

    private ulong ReadConstant(ref PackedReader source, StatisticsForm form, out long digits, out int scale)
    {
        digits = 0;
        scale = 0;
        if (Layout.Type != ColumnType.Float64)
        {
            digits = source.ReadSigned();
            return (ulong)digits;
        }

        scale = -1;
        if (form != StatisticsForm.Decimal)
        {
            return source.ReadFixed64();
        }

        scale = Math.Min((int)source.ReadByte(), DecimalSummary.MaxScale);
        digits = source.ReadSigned();
        return BitConverter.DoubleToUInt64Bits(DecimalSummary.ToDouble(digits, scale));
    }

    private BlockStatistics ReadOfConstant(ref PackedReader source, in ColumnBlockEntry entry)
    {
        ulong cell = ReadConstant(ref source, entry.Form, out long digits, out int scale);
        Int128 integerSum = (Int128)digits * entry.PresentCount;
        double sum = entry.Form switch
        {
            StatisticsForm.Integer => (double)integerSum,
            StatisticsForm.Decimal => DecimalSummary.ToDouble(integerSum, scale),
            _ => BitConverter.UInt64BitsToDouble(cell) * entry.PresentCount,
        };
        return new(entry.PresentCount, cell, cell, cell, cell, 0, 0, integerSum, sum, scale);
    }

    private static BlockStatistics ReadStored(ref PackedReader source, in ColumnBlockEntry entry)
    {
        if (entry.Form == StatisticsForm.Binary)
        {
            BinarySummary binary = BinarySummary.Read(ref source);
            return new(
                entry.PresentCount,
                BitConverter.DoubleToUInt64Bits(binary.Min),
                BitConverter.DoubleToUInt64Bits(binary.Max),
                BitConverter.DoubleToUInt64Bits(binary.First),
                BitConverter.DoubleToUInt64Bits(binary.Last),
                0,
                0,
                IntegerSum: 0,
                binary.Sum,
                DecimalScale: -1);
        }

        bool isDecimal = entry.Form == StatisticsForm.Decimal;
        int scale = isDecimal ? Math.Min((int)source.ReadByte(), DecimalSummary.MaxScale) : 0;
        IntegerSummary digits = IntegerSummary.Read(ref source);
        Int128 integerSum = digits.Sum(entry.PresentCount);
        return new(
            entry.PresentCount,
            ToCell(digits.Min, scale, isDecimal),
            ToCell(digits.Max, scale, isDecimal),
            ToCell(digits.First, scale, isDecimal),
            ToCell(digits.Last, scale, isDecimal),
            0,
            0,
            integerSum,
            isDecimal ? DecimalSummary.ToDouble(integerSum, scale) : (double)integerSum,
            scale);
    }

    private static ulong ToCell(long digits, int scale, bool isDecimal) =>
        isDecimal ? BitConverter.DoubleToUInt64Bits(DecimalSummary.ToDouble(digits, scale)) : (ulong)digits;
}
