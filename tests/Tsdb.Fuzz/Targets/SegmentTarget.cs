using System.Buffers.Binary;
using Tsdb.Faults;
using Tsdb.Storage.Codecs;
using Tsdb.Storage.Segments;

namespace Tsdb.Fuzz.Targets;

/// <summary>Segments whose indexes lie under right checksums: refused or read, never followed out of
/// bounds.</summary>
internal sealed class SegmentTarget : FuzzTarget
{
    private const string FileName = "segment";
    private const int HeaderCrcOffset = 252;
    private const int FooterCrcOffset = SegmentFooter.SizeBytes - 4;

    // In the footer: offset u64, size u64, CRC32C u32 of column layouts, series index, block index.
    private static readonly int[] _sectionOffsets = [28, 48, 68];

    public override string Name => "segment";

    public override IReadOnlyList<byte[]> Samples { get; } =
    [
        .. SampleDatabase.Files
            .Where(static file => file.Key.EndsWith(".seg", StringComparison.Ordinal))
            .Select(static file => file.Value),
    ];

    public override void Seal(byte[] input)
    {
        if (input.Length < HeaderCrcOffset + 4 + SegmentFooter.SizeBytes)
        {
            return;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(
            input.AsSpan(HeaderCrcOffset), Crc32C.Compute(input.AsSpan(0, HeaderCrcOffset)));
        Span<byte> footer = input.AsSpan(^SegmentFooter.SizeBytes..);
        foreach (int section in _sectionOffsets)
        {
            ulong offset = BinaryPrimitives.ReadUInt64LittleEndian(footer[section..]);
            ulong size = BinaryPrimitives.ReadUInt64LittleEndian(footer[(section + 8)..]);
            if (offset < (ulong)input.Length && size <= (ulong)input.Length - offset)
            {
                uint crc = Crc32C.Compute(input.AsSpan((int)offset, (int)size));
                BinaryPrimitives.WriteUInt32LittleEndian(footer[(section + 16)..], crc);
            }
        }

        BinaryPrimitives.WriteUInt32LittleEndian(
            footer[FooterCrcOffset..], Crc32C.Compute(footer[..FooterCrcOffset]));
    }

    public override void Run(byte[] input)
    {
        SimulatedStorageDevice device = new();
        device.PutFile(FileName, input);
        try
        {
            SegmentReader reader = SegmentReader.Open(device, FileName);
            new SegmentVerification().Verify(reader, static _ => { }, CancellationToken.None);
            SeriesBlocks blocks = new(new ChunkScratch());
            SeriesRows rows = new();
            for (int i = 0; i < reader.SeriesCount; i++)
            {
                SegmentRows.Read(reader, reader.GetSeries(i), blocks, rows);
            }
        }
        catch (Exception exception) when (exception is SegmentCorruptException or SegmentFormatException)
        {
            // Refused, with the place.
        }
    }
}
