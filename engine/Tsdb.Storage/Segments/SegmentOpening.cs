using Tsdb.Storage.Codecs;
using Tsdb.Storage.Devices;

namespace Tsdb.Storage.Segments;

/// <summary>
/// Opens a segment: header, footer, then the three indexes, each verified before it is believed.
/// </summary>
internal static class SegmentOpening
{
    public static SegmentReader Open(IStorageDevice device, IStorageFile file)
    {
        (SegmentHeader header, SegmentFooter footer) = ReadEnds(file);
        return SegmentReader.Create(device, file, header, footer, ReadIndexes(file, footer));
    }

    /// <summary>Opens a file that was written a moment ago: its indexes are those the writer had in memory,
    /// and were durable when it was done. Only that this is the file is looked at.</summary>
    public static SegmentReader OpenWritten(
        IStorageDevice device, IStorageFile file, SegmentInfo info, SegmentIndexes indexes)
    {
        (SegmentHeader header, SegmentFooter footer) = ReadEnds(file);
        return footer.Totals == info
            ? SegmentReader.Create(device, file, header, footer, indexes)
            : throw new SegmentCorruptException(
                file.Path,
                file.LengthBytes - SegmentFooter.SizeBytes,
                "footer",
                info.FooterCrc,
                footer.Totals.FooterCrc);
    }

    /// <summary>Reads the entries of all series, and verifies them.</summary>
    /// <exception cref="SegmentCorruptException">They are damaged.</exception>
    public static byte[] ReadBlockIndex(IStorageFile file, SegmentFooter footer) =>
        ReadSection(file, footer.BlockIndex, "block index");

    private static (SegmentHeader Header, SegmentFooter Footer) ReadEnds(IStorageFile file)
    {
        long sizeBytes = file.LengthBytes;
        if (sizeBytes < SegmentHeader.SizeBytes + SegmentFooter.SizeBytes)
        {
            throw new SegmentCorruptException(file.Path, sizeBytes, "end of file (cut off)", 0, 0);
        }

        Span<byte> ends = stackalloc byte[Math.Max(SegmentHeader.SizeBytes, SegmentFooter.SizeBytes)];
        ReadExactly(file, 0, ends[..SegmentHeader.SizeBytes]);
        SegmentHeader header = SegmentHeader.Read(file.Path, ends, out uint headerCrc);
        ReadExactly(file, sizeBytes - SegmentFooter.SizeBytes, ends[..SegmentFooter.SizeBytes]);
        return (header, SegmentFooter.Read(file.Path, sizeBytes, ends, header, headerCrc));
    }

    private static SegmentIndexes ReadIndexes(IStorageFile file, SegmentFooter footer)
    {
        byte[] layoutBytes = ReadSection(file, footer.Layouts, "column layouts");
        ColumnLayout[][] layouts = ColumnLayoutTable.Read(layoutBytes)
            ?? throw Malformed(file.Path, footer.Layouts, "column layouts");
        byte[] seriesBytes = ReadSection(file, footer.SeriesIndex, "series index");
        byte[] blockIndex = ReadBlockIndex(file, footer);
        if (footer.Totals.SeriesCount < 0 || footer.Totals.SeriesCount > seriesBytes.Length)
        {
            throw Malformed(file.Path, footer.SeriesIndex, "series index");
        }

        int seriesCount = (int)footer.Totals.SeriesCount;
        uint[] series = new uint[seriesCount];
        int[] recordEnds = new int[seriesCount];
        return SegmentIndexes.TryReadSeries(seriesBytes, series, recordEnds, blockIndex.Length)
            ? new SegmentIndexes(layouts, series, recordEnds, blockIndex)
            : throw Malformed(file.Path, footer.SeriesIndex, "series index");
    }

    private static byte[] ReadSection(IStorageFile file, SegmentSection section, string part)
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>((int)section.SizeBytes);
        ReadExactly(file, section.OffsetBytes, bytes);
        uint crc = Crc32C.Compute(bytes);
        return crc == section.Crc
            ? bytes
            : throw new SegmentCorruptException(file.Path, section.OffsetBytes, part, section.Crc, crc);
    }

    private static void ReadExactly(IStorageFile file, long offsetBytes, Span<byte> target)
    {
        if (file.Read(offsetBytes, target) != target.Length)
        {
            throw new SegmentCorruptException(file.Path, offsetBytes, "end of file (cut off)", 0, 0);
        }
    }

    private static SegmentCorruptException Malformed(string path, SegmentSection section, string part) =>
        new(path, section.OffsetBytes, part + " (makes no sense)", section.Crc, section.Crc);
}
