// Fields of an edit of kind 24, a damaged part of a segment:
//
//   offset size field
//        0    8 segment number i64
//        8    8 offset of the part in the file i64
//       16    4 table id i32, -1 when not known
//       20    4 flags: bit 0 = the series is known
//       24    4 series id u32
//       28    4 size of the message in bytes u32
//       32   16 times of the rows that it may hold, first and last i64
//       48    8 rows that are concerned i64, 0 when not known
//       56    8 when it was found, ns i64
//       64    n what is wrong, UTF-8
//
// Little-endian. Valid when the segment is there; else passed over. docs/formats/manifest.md

using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Tsdb.Core;

namespace Tsdb.Storage.Manifests;

/// <summary>Reads and writes the fields of an edit that keeps what is known of damage.</summary>
internal static class DamageFields
{
    public const int SizeBytesMin = 64;

    private const uint SeriesFlag = 1;
    private const int NoTable = -1;

    public static void Write(ManifestEdit edit, SegmentDamage damage)
    {
        byte[] message = Encoding.UTF8.GetBytes(damage.Message);
        Span<byte> fields = edit.Add(
            ManifestEditKind.DamageFound, SizeBytesMin + message.Length, ManifestEdit.IgnorableFlag);
        BinaryPrimitives.WriteInt64LittleEndian(fields, damage.SegmentNumber);
        BinaryPrimitives.WriteInt64LittleEndian(fields[8..], damage.OffsetBytes);
        BinaryPrimitives.WriteInt32LittleEndian(fields[16..], damage.TableId ?? NoTable);
        BinaryPrimitives.WriteUInt32LittleEndian(fields[20..], damage.Series is null ? 0 : SeriesFlag);
        BinaryPrimitives.WriteUInt32LittleEndian(fields[24..], damage.Series?.Value ?? 0);
        BinaryPrimitives.WriteInt32LittleEndian(fields[28..], message.Length);
        BinaryPrimitives.WriteInt64LittleEndian(fields[32..], damage.FirstTimestampNs);
        BinaryPrimitives.WriteInt64LittleEndian(fields[40..], damage.LastTimestampNs);
        BinaryPrimitives.WriteInt64LittleEndian(fields[48..], damage.RowCount);
        BinaryPrimitives.WriteInt64LittleEndian(fields[56..], damage.Found.UnixNs);
        message.CopyTo(fields[SizeBytesMin..]);
    }

    /// <param name="fields">At least <see cref="SizeBytesMin"/> long.</param>
    /// <param name="damage">What it says; null when it makes no sense.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> fields, [NotNullWhen(true)] out SegmentDamage? damage)
    {
        damage = null;
        int messageSizeBytes = BinaryPrimitives.ReadInt32LittleEndian(fields[28..]);
        if (messageSizeBytes < 0 || messageSizeBytes > fields.Length - SizeBytesMin)
        {
            return false;
        }

        int tableId = BinaryPrimitives.ReadInt32LittleEndian(fields[16..]);
        uint flags = BinaryPrimitives.ReadUInt32LittleEndian(fields[20..]);
        damage = new SegmentDamage(
            BinaryPrimitives.ReadInt64LittleEndian(fields),
            BinaryPrimitives.ReadInt64LittleEndian(fields[8..]),
            tableId == NoTable ? null : tableId,
            (flags & SeriesFlag) == 0
                ? null
                : new SeriesId(BinaryPrimitives.ReadUInt32LittleEndian(fields[24..])),
            BinaryPrimitives.ReadInt64LittleEndian(fields[32..]),
            BinaryPrimitives.ReadInt64LittleEndian(fields[40..]),
            BinaryPrimitives.ReadInt64LittleEndian(fields[48..]),
            new Timestamp(BinaryPrimitives.ReadInt64LittleEndian(fields[56..])),
            Encoding.UTF8.GetString(fields.Slice(SizeBytesMin, messageSizeBytes)));
        return true;
    }
}
