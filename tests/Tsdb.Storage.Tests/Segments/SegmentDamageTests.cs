using System.Buffers.Binary;
using Tsdb.Faults;
using Tsdb.Storage.Codecs;
using Tsdb.Storage.Segments;

namespace Tsdb.Storage.Tests.Segments;

public sealed class SegmentDamageTests
{
    private readonly SeriesRows[] _series =
        [RandomRows.Create(new Random(11), 70), RandomRows.Create(new Random(12), 1030)];

    [Fact]
    public void A_flipped_bit_anywhere_is_found_with_its_place()
    {
        byte[] whole = WriteBytes();
        for (int offset = 0; offset < whole.Length; offset++)
        {
            byte[] bytes = [.. whole];
            bytes[offset] ^= (byte)(1 << (offset % 8));
            SegmentCorruptException damage = Assert.Throws<SegmentCorruptException>(
                () => ReadEverything(bytes));
            Assert.Equal("damaged", damage.Path);
            Assert.InRange(damage.OffsetBytes, 0, offset);
        }
    }

    [Fact]
    public void A_file_cut_anywhere_is_found()
    {
        byte[] whole = WriteBytes();
        for (int sizeBytes = 0; sizeBytes < whole.Length; sizeBytes++)
        {
            Assert.Throws<SegmentCorruptException>(() => ReadEverything(whole[..sizeBytes]));
        }

        Assert.Throws<SegmentCorruptException>(() => ReadEverything([.. whole, 0]));
    }

    [Fact]
    public void Verification_reports_each_damaged_chunk_and_goes_on()
    {
        byte[] bytes = WriteBytes();
        SegmentReader whole = Open(bytes);
        bytes[whole.Footer.Data.OffsetBytes] ^= 1;
        bytes[whole.Footer.Data.EndBytes - 1] ^= 1;
        List<SegmentCorruptException> damages = [];
        SegmentReader reader = Open(bytes);
        long chunkCount = new SegmentVerification().Verify(reader, damages.Add, CancellationToken.None);
        Assert.Equal(2, damages.Count);
        Assert.Equal(whole.Footer.Data.OffsetBytes, damages[0].OffsetBytes);
        Assert.NotEqual(damages[0].ExpectedCrc, damages[0].ActualCrc);
        Assert.InRange(chunkCount, 6, 100);
    }

    [Fact]
    public void Verification_of_a_whole_file_reports_nothing()
    {
        SegmentReader reader = Open(WriteBytes());
        new SegmentVerification().Verify(
            reader, damage => Assert.Fail(damage.Message), CancellationToken.None);
    }

    [Fact]
    public void Verification_reports_statistics_that_are_not_those_of_the_values()
    {
        byte[] whole = WriteBytes();
        SegmentFooter footer = Open(whole).Footer;
        int reportedCount = 0;
        for (long offset = footer.BlockIndex.OffsetBytes; offset < footer.BlockIndex.EndBytes; offset++)
        {
            byte[] bytes = [.. whole];
            bytes[offset] ^= 1;
            SealIndexes(bytes, footer);
            new SegmentVerification().Verify(
                Open(bytes),
                damage => reportedCount += damage.Part == "the statistics of the chunk" ? 1 : 0,
                CancellationToken.None);
        }

        // Two blocks of numbers in each series have statistics of ten bytes and more.
        Assert.InRange(reportedCount, 40, int.MaxValue);
    }

    [Fact]
    public void Another_major_version_and_unknown_features_are_refused()
    {
        byte[] newer = WriteBytes();
        newer[8]++;
        SealHeader(newer);
        Assert.Contains("format 2", Assert.Throws<SegmentFormatException>(() => Open(newer)).Message);

        byte[] unknown = WriteBytes();
        unknown[17] = 0x40;
        SealHeader(unknown);
        Assert.Contains("0x4000", Assert.Throws<SegmentFormatException>(() => Open(unknown)).Message);
    }

    [Fact]
    public void A_footer_of_another_file_is_found()
    {
        byte[] bytes = WriteBytes();
        bytes[40] ^= 1;
        SealHeader(bytes);
        SegmentCorruptException damage = Assert.Throws<SegmentCorruptException>(() => Open(bytes));
        Assert.Equal("footer", damage.Part);
    }

    [Fact]
    public void An_index_that_makes_no_sense_is_refused_never_followed()
    {
        byte[] whole = WriteBytes();
        SegmentFooter footer = Open(whole).Footer;
        int refusedCount = 0;
        for (int seed = 1; seed <= 4000; seed++)
        {
            Random random = new(seed);
            byte[] bytes = [.. whole];
            int firstByte = (int)footer.Layouts.OffsetBytes;
            for (int i = 0; i <= random.Next(4); i++)
            {
                bytes[random.Next(firstByte, (int)footer.BlockIndex.EndBytes)] = (byte)random.Next(256);
            }

            SealIndexes(bytes, footer);
            try
            {
                ReadEverything(bytes);
            }
            catch (SegmentCorruptException)
            {
                refusedCount++;
            }
        }

        Assert.InRange(refusedCount, 2000, 4000);
    }

    private static SegmentReader Open(byte[] bytes)
    {
        SimulatedStorageDevice device = new();
        device.PutFile("damaged", bytes);
        return SegmentReader.Open(device, "damaged");
    }

    private static void ReadEverything(byte[] bytes)
    {
        SegmentReader reader = Open(bytes);
        SeriesBlocks blocks = new(new ChunkScratch());
        SeriesRows rows = new();
        for (int i = 0; i < reader.SeriesCount; i++)
        {
            SegmentRows.Read(reader, reader.GetSeries(i), blocks, rows);
        }
    }

    private static void SealHeader(Span<byte> bytes) =>
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[252..], Crc32C.Compute(bytes[..252]));

    private static void SealIndexes(Span<byte> bytes, SegmentFooter footer)
    {
        Span<byte> footerBytes = bytes[^SegmentFooter.SizeBytes..];
        SegmentSection[] sections = [footer.Layouts, footer.SeriesIndex, footer.BlockIndex];
        for (int i = 0; i < sections.Length; i++)
        {
            Span<byte> section = bytes.Slice((int)sections[i].OffsetBytes, (int)sections[i].SizeBytes);
            int crcOffset = 28 + (i * SegmentSection.EncodedSizeBytes) + 16;
            BinaryPrimitives.WriteUInt32LittleEndian(footerBytes[crcOffset..], Crc32C.Compute(section));
        }

        BinaryPrimitives.WriteUInt32LittleEndian(footerBytes[188..], Crc32C.Compute(footerBytes[..188]));
    }

    private byte[] WriteBytes()
    {
        SimulatedStorageDevice device = new();
        SegmentFixture.Write(device, SegmentFixture.Path, SegmentFixture.Identity(), _series);
        return device.ReadFile(SegmentFixture.Path);
    }
}
