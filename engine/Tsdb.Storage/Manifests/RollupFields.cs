// Fields of an edit of kind 16, which follows the edit that adds its segment:
//
//   offset size field
//        0    8 segment number i64
//        8    4 table id u32
//       12    4 rollup id u32
//       16   16 range: from i64, to i64
//       32    8 LSN u64
//       40    4 column count u32
//       44    n type of each of the table's fields u8, by column id
//
// Little-endian. Valid when the segment is there and of the role Rollup. docs/formats/manifest.md
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Tsdb.Core;

namespace Tsdb.Storage.Manifests;

/// <summary>Reads and writes the fields of an edit that says what a rollup segment holds.</summary>
internal static class RollupFields
{
    public const int SizeBytesMin = 44;

    public static void Write(ManifestEdit edit, RollupEntry rollup)
    {
        Span<byte> fields = edit.Add(ManifestEditKind.Rollup, SizeBytesMin + rollup.ColumnTypes.Length);
        BinaryPrimitives.WriteInt64LittleEndian(fields, rollup.SegmentNumber);
        BinaryPrimitives.WriteInt32LittleEndian(fields[8..], rollup.TableId);
        BinaryPrimitives.WriteInt32LittleEndian(fields[12..], rollup.RollupId);
        BinaryPrimitives.WriteInt64LittleEndian(fields[16..], rollup.Range.FromNs);
        BinaryPrimitives.WriteInt64LittleEndian(fields[24..], rollup.Range.ToNs);
        BinaryPrimitives.WriteUInt64LittleEndian(fields[32..], rollup.Lsn);
        BinaryPrimitives.WriteInt32LittleEndian(fields[40..], rollup.ColumnTypes.Length);
        for (int i = 0; i < rollup.ColumnTypes.Length; i++)
        {
            fields[SizeBytesMin + i] = (byte)rollup.ColumnTypes[i];
        }
    }

    /// <param name="fields">At least <see cref="SizeBytesMin"/> long.</param>
    /// <param name="rollup">What it says; null when it makes no sense.</param>
    public static bool TryRead(ReadOnlySpan<byte> fields, [NotNullWhen(true)] out RollupEntry? rollup)
    {
        rollup = null;
        TimeRange range = new(
            BinaryPrimitives.ReadInt64LittleEndian(fields[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(fields[24..]));
        int columnCount = BinaryPrimitives.ReadInt32LittleEndian(fields[40..]);
        if (range.IsEmpty || columnCount < 0 || columnCount > fields.Length - SizeBytesMin)
        {
            return false;
        }

        ColumnType[] types = new ColumnType[columnCount];
        for (int i = 0; i < columnCount; i++)
        {
            types[i] = (ColumnType)fields[SizeBytesMin + i];
        }

        rollup = new RollupEntry
        {
            SegmentNumber = BinaryPrimitives.ReadInt64LittleEndian(fields),
            TableId = BinaryPrimitives.ReadInt32LittleEndian(fields[8..]),
            RollupId = BinaryPrimitives.ReadInt32LittleEndian(fields[12..]),
            Range = range,
            Lsn = BinaryPrimitives.ReadUInt64LittleEndian(fields[32..]),
            ColumnTypes = ImmutableArray.Create(types),
        };
        return true;
    }
}
