using K4os.Compression.LZ4;
using Tsdb.Core;

namespace Tsdb.Storage.Codecs;

// docs/formats/codecs.md, "Texts":
//
//   offset  size      field
//   0       1 to 2    number of cells, 1 to 1024, varint
//   ..      1         form of the bytes: 0 as they are, 1 one LZ4 block
//   ..      1 to 2    number of distinct texts - 1, varint, below the number of cells
//   ..      block     lengths of the distinct texts in bytes, integer block
//   ..      block     codes of the cells, integer block; a new text has the next free code
//   ..      the rest  the distinct texts' bytes one after another, in the form said
//
// Valid when the number is the one expected, lengths are within limits, codes name a text, and the bytes
// unpack to exactly the sum of the lengths. An LZ4 block expands at most 255-fold, so the size is checked
// before any memory is taken.

/// <summary>
/// Blocks of 1 to 1024 texts, each distinct one stored once. Cells are as in <see cref="TextSpan"/>.
/// </summary>
internal static class TextCodec
{
    private const byte Plain = 0;
    private const byte Lz4 = 1;
    private const int Lz4ExpansionMax = 255;
    private const int Lz4SizeMinBytes = 64;

    [ThreadStatic]
    private static TextScratch? _scratch;

    private static TextScratch Scratch => _scratch ??= new TextScratch();

    /// <summary>Appends the encoded block to the target.</summary>
    public static void Encode(ReadOnlySpan<ulong> cells, ReadOnlySpan<byte> slab, ByteSlab target)
    {
        Invariant.Holds(cells.Length is > 0 and <= IntegerCodec.CountMax);
        TextScratch scratch = Scratch;
        int distinctCount = scratch.Index(cells, slab);
        long totalBytes = 0;
        foreach (long length in scratch.Lengths.AsSpan(0, distinctCount))
        {
            totalBytes += length;
        }

        int textBytes = checked((int)totalBytes);
        int headerBytesMax = 1 + (2 * VarInt.MaxSizeBytes) + (2 * IntegerBlock.MaxSizeBytes(cells.Length));
        Span<byte> room = target.Reserve(headerBytesMax + textBytes);
        int size = VarInt.Write(room, (ulong)cells.Length);
        int formAt = size++;
        size += VarInt.Write(room[size..], (ulong)(distinctCount - 1));
        size += IntegerBlock.Write(scratch.Lengths.AsSpan(0, distinctCount), room[size..]);
        size += IntegerBlock.Write(scratch.Codes.AsSpan(0, cells.Length), room[size..]);
        Span<byte> texts = room.Slice(size, textBytes);
        int at = 0;
        foreach (ulong cell in scratch.Distinct.AsSpan(0, distinctCount))
        {
            ReadOnlySpan<byte> text = TextSpan.FromCell(cell).In(slab);
            text.CopyTo(texts[at..]);
            at += text.Length;
        }

        room[formAt] = Plain;
        if (textBytes >= Lz4SizeMinBytes && scratch.TryCompress(texts, out int packedBytes))
        {
            room[formAt] = Lz4;
            textBytes = packedBytes;
        }

        target.Advance(size + textBytes);
    }

    /// <summary>
    /// Appends the distinct texts to the slab and writes a cell for each. False when the bytes are not
    /// exactly a block of so many cells; the cells are then garbage and the slab is as before.
    /// </summary>
    public static bool TryDecode(ReadOnlySpan<byte> source, Span<ulong> cells, ByteSlab slab)
    {
        Invariant.Holds(cells.Length is > 0 and <= IntegerCodec.CountMax);
        TextScratch scratch = Scratch;
        if (!VarInt.TryReadCount(ref source, cells.Length, cells.Length, out _)
            || source.IsEmpty
            || source[0] > Lz4)
        {
            return false;
        }

        byte form = source[0];
        source = source[1..];
        Span<long> codes = scratch.Codes.AsSpan(0, cells.Length);
        if (!VarInt.TryReadCount(ref source, 0, cells.Length - 1, out int lastText)
            || !IntegerBlock.TryRead(ref source, scratch.Lengths.AsSpan(0, lastText + 1))
            || !IntegerBlock.TryRead(ref source, codes))
        {
            return false;
        }

        Span<ulong> distinct = scratch.Distinct.AsSpan(0, lastText + 1);
        long textBytesMax = form == Plain ? source.Length : (long)source.Length * Lz4ExpansionMax;
        textBytesMax = Math.Min(textBytesMax, Array.MaxLength - slab.SizeBytes);
        return TryPlace(scratch.Lengths, slab.SizeBytes, textBytesMax, distinct, out int textBytes)
            && TryLookUp(codes, distinct, cells)
            && TryUnpack(source, form, textBytes, slab);
    }

    private static bool TryPlace(
        ReadOnlySpan<long> lengths, int start, long textBytesMax, Span<ulong> distinct, out int textBytes)
    {
        textBytes = 0;
        for (int i = 0; i < distinct.Length; i++)
        {
            if ((ulong)lengths[i] > (ulong)(textBytesMax - textBytes))
            {
                return false;
            }

            distinct[i] = new TextSpan(start + textBytes, (int)lengths[i]).ToCell();
            textBytes += (int)lengths[i];
        }

        return true;
    }

    private static bool TryLookUp(ReadOnlySpan<long> codes, ReadOnlySpan<ulong> distinct, Span<ulong> cells)
    {
        for (int i = 0; i < cells.Length; i++)
        {
            if ((ulong)codes[i] >= (ulong)distinct.Length)
            {
                return false;
            }

            cells[i] = distinct[(int)codes[i]];
        }

        return true;
    }

    private static bool TryUnpack(ReadOnlySpan<byte> source, byte form, int textBytes, ByteSlab slab)
    {
        if (form == Plain && source.Length != textBytes)
        {
            return false;
        }

        Span<byte> room = slab.Reserve(textBytes)[..textBytes];
        if (form == Plain)
        {
            source.CopyTo(room);
        }
        else if (textBytes == 0 || Lz4Block.HasZeroDistance(source)
            || LZ4Codec.Decode(source, room) != textBytes)
        {
            return false;
        }

        slab.Advance(textBytes);
        return true;
    }

    /// <summary>A thread's work space: an open-addressing table of the block's distinct texts.</summary>
    private sealed class TextScratch
    {
        private const int SlotCount = 4 * IntegerCodec.CountMax;

        private readonly short[] _slots = new short[SlotCount];
        private readonly uint[] _hashes = new uint[IntegerCodec.CountMax];
        private byte[] _packed = [];

        public long[] Lengths { get; } = new long[IntegerCodec.CountMax];

        public long[] Codes { get; } = new long[IntegerCodec.CountMax];

        public ulong[] Distinct { get; } = new ulong[IntegerCodec.CountMax];

        /// <summary>Fills the three arrays and returns how many texts are distinct.</summary>
        public int Index(ReadOnlySpan<ulong> cells, ReadOnlySpan<byte> slab)
        {
            _slots.AsSpan().Fill(-1);
            int distinctCount = 0;
            for (int i = 0; i < cells.Length; i++)
            {
                ReadOnlySpan<byte> text = TextSpan.FromCell(cells[i]).In(slab);
                uint hash = Crc32C.Compute(text);
                ref short slot = ref FindSlot(hash, text, slab);
                if (slot < 0)
                {
                    slot = (short)distinctCount++;
                    _hashes[slot] = hash;
                    Distinct[slot] = cells[i];
                    Lengths[slot] = text.Length;
                }

                Codes[i] = slot;
            }

            return distinctCount;
        }

        /// <summary>Replaces the texts by an LZ4 block if that is smaller.</summary>
        public bool TryCompress(Span<byte> texts, out int packedBytes)
        {
            if (_packed.Length < texts.Length)
            {
                _packed = new byte[Math.Max(texts.Length, 2 * _packed.Length)];
            }

            packedBytes = LZ4Codec.Encode(texts, _packed.AsSpan(0, texts.Length - 1), LZ4Level.L00_FAST);
            bool isSmaller = packedBytes > 0;
            if (isSmaller)
            {
                _packed.AsSpan(0, packedBytes).CopyTo(texts);
            }

            return isSmaller;
        }

        private ref short FindSlot(uint hash, ReadOnlySpan<byte> text, ReadOnlySpan<byte> slab)
        {
            uint at = hash % SlotCount;
            while (_slots[at] >= 0)
            {
                int known = _slots[at];
                if (_hashes[known] == hash && TextSpan.FromCell(Distinct[known]).In(slab).SequenceEqual(text))
                {
                    break;
                }

                at = (at + 1) % SlotCount;
            }

            return ref _slots[at];
        }
    }
}
