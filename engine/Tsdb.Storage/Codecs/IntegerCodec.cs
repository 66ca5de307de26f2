using Tsdb.Core;

namespace Tsdb.Storage.Codecs;

// docs/formats/codecs.md, "Integers":
//
//   offset  size      field
//   0       1 to 2    number of values, 1 to 1024, varint
//   ..      the rest  integer block
//
// Valid when the number is the one expected and the block ends with the bytes.

/// <summary>Blocks of 1 to 1024 integers, in any order, of any range.</summary>
internal static class IntegerCodec
{
    /// <summary>Values in a block, at most.</summary>
    public const int CountMax = 1024;

    public static int MaxEncodedSizeBytes(int count) =>
        VarInt.MaxSizeBytes + IntegerBlock.MaxSizeBytes(count);

    /// <summary>Encodes into a target of at least the maximum size and returns the size in bytes.</summary>
    public static int Encode(ReadOnlySpan<long> values, Span<byte> target)
    {
        Invariant.Holds(values.Length is > 0 and <= CountMax);
        int size = VarInt.Write(target, (ulong)values.Length);
        return size + IntegerBlock.Write(values, target[size..]);
    }

    /// <summary>
    /// False when the bytes are not exactly a block of so many values; the values are then garbage.
    /// </summary>
    public static bool TryDecode(ReadOnlySpan<byte> source, Span<long> values)
    {
        Invariant.Holds(values.Length is > 0 and <= CountMax);
        return VarInt.TryReadCount(ref source, values.Length, values.Length, out _)
            && IntegerBlock.TryRead(ref source, values)
            && source.IsEmpty;
    }
}
