using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Tsdb.Core;
using Tsdb.Storage.Deletes;

namespace Tsdb.Storage.Manifests;

/// <summary>Reads the fields of an edit that adds a delete. Layout: <see cref="ManifestEdit"/>.</summary>
internal static class TombstoneFields
{
    /// <param name="fields">At least <see cref="ManifestEdit.TombstoneSizeBytes"/> long.</param>
    /// <param name="previousLsn">Deletes come in the order of the log.</param>
    /// <param name="tombstone">The delete.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> fields, ulong previousLsn, [NotNullWhen(true)] out Tombstone? tombstone)
    {
        tombstone = null;
        ulong lsn = BinaryPrimitives.ReadUInt64LittleEndian(fields);
        TimeRange range = new(
            BinaryPrimitives.ReadInt64LittleEndian(fields[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(fields[16..]));
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(fields[36..]);
        ReadOnlySpan<byte> ids = fields[ManifestEdit.TombstoneSizeBytes..];
        bool isAll = count == ManifestEdit.AllSeries;
        if (lsn <= previousLsn || range.IsEmpty || (!isAll && count > ids.Length / sizeof(uint)))
        {
            return false;
        }

        uint[]? series = isAll ? null : new uint[count];
        for (int i = 0; series is not null && i < series.Length; i++)
        {
            series[i] = BinaryPrimitives.ReadUInt32LittleEndian(ids[(i * sizeof(uint))..]);
            if (i > 0 && series[i] <= series[i - 1])
            {
                return false;
            }
        }

        tombstone = new Tombstone(
            lsn,
            BinaryPrimitives.ReadInt32LittleEndian(fields[32..]),
            range,
            BinaryPrimitives.ReadInt64LittleEndian(fields[24..]),
            series);
        return true;
    }
}
