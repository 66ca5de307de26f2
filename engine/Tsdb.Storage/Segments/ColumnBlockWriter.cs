using System.Numerics;
using System.Runtime.InteropServices;
using Tsdb.Core;
using Tsdb.Storage.Codecs;

namespace Tsdb.Storage.Segments;

/// <summary>Encodes one column of one block: the chunk to its target, its entry to the index.</summary>
/// <remarks>
/// Chunk: the presence bitmap, only when some rows are absent, then the present cells, unless all are the
/// same. Entry (docs/formats/segment.md, "Block index"): <see cref="ColumnBlockFlags"/>; [present count,
/// bitmap size]; [cells' size]; [CRC32C, 4 bytes]; [the constant]; [statistics], each only when the flags
/// call for it.
/// </remarks>
internal sealed class ColumnBlockWriter(IChunkTarget output, PackedWriter entries)
{
    // Bitmaps of 1024 bits are at most this long in every scheme.
    private const int MaxBitmapSizeBytes = 512;

    private readonly ulong[] _gathered = new ulong[SegmentBlock.MaxRowCount];
    private readonly long[] _digits = new long[SegmentBlock.MaxRowCount];
    private readonly ulong[] _words = new ulong[SegmentBlock.BitmapWordCount];
    private readonly ByteSlab _text = new();

    /// <summary>Writes the block and returns how many cells it has.</summary>
    /// <param name="column">The column.</param>
    /// <param name="texts">What its text cells point to.</param>
    /// <param name="timestampsNs">The block's rows.</param>
    /// <param name="firstRow">The block's first row, a multiple of 64.</param>
    /// <param name="mayHaveStatistics">Whether statistics of the cells answer queries rightly.</param>
    public int Write(
        RowColumn column,
        ReadOnlySpan<byte> texts,
        ReadOnlySpan<long> timestampsNs,
        int firstRow,
        bool mayHaveStatistics)
    {
        int rowCount = timestampsNs.Length;
        int presentCount = column.CountPresent(firstRow, rowCount);
        if (presentCount == 0)
        {
            entries.WriteByte(ColumnBlockFlags.NonePresent);
            return 0;
        }

        ReadOnlySpan<ulong> cells = column.Cells.AsSpan(firstRow, rowCount);
        bool isSparse = presentCount < rowCount;
        if (isSparse)
        {
            cells = Gather(cells, column.Presence.AsSpan(firstRow / 64), rowCount);
        }

        bool isConstant = column.Type != ColumnType.String && cells.IndexOfAnyExcept(cells[0]) < 0;
        StatisticsForm form = StatisticsForm.None;
        int scale = -1;
        BinarySummary binary = default;
        if (mayHaveStatistics)
        {
            form = ChooseForm(
                column.Type, isConstant ? cells[..1] : cells, presentCount, out scale, out binary);
        }

        WriteChunk(column.Type, cells, texts, rowCount, isSparse, isConstant, form);
        if (isConstant)
        {
            WriteConstant(column.Type, cells[0], form, scale);
        }

        if (form != StatisticsForm.None)
        {
            WriteStatistics(form, cells, isConstant, scale, binary);
            if (isSparse)
            {
                WriteSpan(timestampsNs);
            }
        }

        return presentCount;
    }

    /// <summary>
    /// Brings the present cells together and leaves the block's bitmap in <see cref="_words"/>.
    /// </summary>
    private ReadOnlySpan<ulong> Gather(ReadOnlySpan<ulong> cells, ReadOnlySpan<ulong> presence, int rowCount)
    {
        int count = 0;
        for (int firstRow = 0; firstRow < rowCount; firstRow += 64)
        {
            ulong word = presence[firstRow / 64];
            if (rowCount - firstRow < 64)
            {
                word &= (1UL << (rowCount - firstRow)) - 1;
            }

            _words[firstRow / 64] = word;
            for (; word != 0; word &= word - 1)
            {
                _gathered[count++] = cells[firstRow + BitOperations.TrailingZeroCount(word)];
            }
        }

        return _gathered.AsSpan(0, count);
    }

    private StatisticsForm ChooseForm(
        ColumnType type, ReadOnlySpan<ulong> cells, int presentCount, out int scale, out BinarySummary binary)
    {
        scale = -1;
        binary = default;
        switch (type)
        {
            case ColumnType.Int64:
            case ColumnType.Timestamp:
            case ColumnType.Bool:
                return StatisticsForm.Integer;
            case ColumnType.Float64:
                break;
            default:
                return StatisticsForm.None;
        }

        ReadOnlySpan<double> values = MemoryMarshal.Cast<ulong, double>(cells);
        scale = DecimalSummary.FindScale(values, _digits);
        if (scale >= 0)
        {
            return StatisticsForm.Decimal;
        }

        binary = BinarySummary.Of(values);
        double sum = cells.Length == presentCount ? binary.Sum : binary.First * presentCount;
        return double.IsFinite(sum) && double.IsFinite(binary.Min) && double.IsFinite(binary.Max)
            ? StatisticsForm.Binary
            : StatisticsForm.None;
    }

    private void WriteChunk(
        ColumnType type,
        ReadOnlySpan<ulong> cells,
        ReadOnlySpan<byte> texts,
        int rowCount,
        bool isSparse,
        bool isConstant,
        StatisticsForm form)
    {
        byte flags = ColumnBlockFlags.Of(form);
        flags |= isSparse ? ColumnBlockFlags.SomePresent : ColumnBlockFlags.AllPresent;
        flags |= isConstant ? ColumnBlockFlags.Constant : (byte)0;
        entries.WriteByte(flags);
        uint crc = 0;
        if (isSparse)
        {
            Span<byte> target = output.Reserve(MaxBitmapSizeBytes);
            int sizeBytes = BitmapCodec.Encode(_words.AsSpan(0, (rowCount + 63) / 64), rowCount, target);
            crc = Crc32C.Append(crc, target[..sizeBytes]);
            output.Advance(sizeBytes);
            entries.WriteUnsigned((ulong)cells.Length);
            entries.WriteUnsigned((ulong)sizeBytes);
        }

        if (!isConstant)
        {
            ReadOnlySpan<byte> encoded = EncodeCells(type, cells, texts);
            crc = Crc32C.Append(crc, encoded);
            output.Advance(encoded.Length);
            entries.WriteUnsigned((ulong)encoded.Length);
        }

        if (isSparse || !isConstant)
        {
            entries.WriteFixed(crc);
        }
    }

    /// <summary>Encodes to the output's reserved room, which the caller takes into use.</summary>
    private ReadOnlySpan<byte> EncodeCells(
        ColumnType type, ReadOnlySpan<ulong> cells, ReadOnlySpan<byte> texts)
    {
        if (type == ColumnType.String)
        {
            return EncodeTexts(cells, texts);
        }

        Span<byte> target = output.Reserve(GetMaxSizeBytes(type, cells.Length));
        int sizeBytes = type switch
        {
            ColumnType.Int64 => IntegerCodec.Encode(MemoryMarshal.Cast<ulong, long>(cells), target),
            ColumnType.Timestamp => TimestampCodec.Encode(MemoryMarshal.Cast<ulong, long>(cells), target),
            ColumnType.Float64 => DoubleCodec.Encode(MemoryMarshal.Cast<ulong, double>(cells), target),
            _ => BitmapCodec.Encode(PackBits(cells), cells.Length, target),
        };
        return target[..sizeBytes];
    }

    private static int GetMaxSizeBytes(ColumnType type, int count) => type switch
    {
        ColumnType.Int64 => IntegerCodec.MaxEncodedSizeBytes(count),
        ColumnType.Timestamp => TimestampCodec.MaxEncodedSizeBytes(count),
        ColumnType.Float64 => DoubleCodec.MaxEncodedSizeBytes(count),
        ColumnType.Bool => MaxBitmapSizeBytes,
        _ => throw new InvariantViolatedException($"Type {type} is not stored"),
    };

    private ReadOnlySpan<byte> EncodeTexts(ReadOnlySpan<ulong> cells, ReadOnlySpan<byte> texts)
    {
        _text.Clear();
        TextCodec.Encode(cells, texts, _text);
        Span<byte> target = output.Reserve(_text.SizeBytes);
        _text.Span.CopyTo(target);
        return target[.._text.SizeBytes];
    }

    /// <summary>The truth values as a bitmap, in memory that the presence bitmap no longer needs.</summary>
    private ReadOnlySpan<ulong> PackBits(ReadOnlySpan<ulong> cells)
    {
        Span<ulong> bits = MemoryMarshal.Cast<long, ulong>(_digits.AsSpan())[..((cells.Length + 63) / 64)];
        bits.Clear();
        for (int i = 0; i < cells.Length; i++)
        {
            bits[i >> 6] |= (cells[i] & 1) << (i & 63);
        }

        return bits;
    }

    private void WriteConstant(ColumnType type, ulong cell, StatisticsForm form, int scale)
    {
        if (type != ColumnType.Float64)
        {
            entries.WriteSigned((long)cell);
        }
        else if (form == StatisticsForm.Decimal)
        {
            entries.WriteByte((byte)scale);
            entries.WriteSigned(_digits[0]);
        }
        else
        {
            entries.WriteFixed(cell);
        }
    }

    private void WriteStatistics(
        StatisticsForm form, ReadOnlySpan<ulong> cells, bool isConstant, int scale, BinarySummary binary)
    {
        if (isConstant)
        {
            return; // Everything follows from the constant and the count.
        }

        switch (form)
        {
            case StatisticsForm.Integer:
                IntegerSummary.Of(MemoryMarshal.Cast<ulong, long>(cells)).Write(entries);
                break;
            case StatisticsForm.Decimal:
                entries.WriteByte((byte)scale);
                IntegerSummary.Of(_digits.AsSpan(0, cells.Length)).Write(entries);
                break;
            default:
                binary.Write(entries);
                break;
        }
    }

    /// <summary>How far the first and the last present row are from the block's ends.</summary>
    private void WriteSpan(ReadOnlySpan<long> timestampsNs)
    {
        int firstWord = _words.AsSpan().IndexOfAnyExcept(0UL);
        int lastWord = _words.AsSpan(0, (timestampsNs.Length + 63) / 64).LastIndexOfAnyExcept(0UL);
        int first = (firstWord * 64) + BitOperations.TrailingZeroCount(_words[firstWord]);
        int last = (lastWord * 64) + 63 - BitOperations.LeadingZeroCount(_words[lastWord]);
        entries.WriteUnsigned((ulong)timestampsNs[first] - (ulong)timestampsNs[0]);
        entries.WriteUnsigned((ulong)timestampsNs[^1] - (ulong)timestampsNs[last]);
    }
}
