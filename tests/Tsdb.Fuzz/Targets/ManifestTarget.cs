using System.Buffers.Binary;
using Tsdb.Storage.Codecs;
using Tsdb.Storage.Manifests;

namespace Tsdb.Fuzz.Targets;

/// <summary>
/// The manifest's two files, one of them damaged, records under right checksums. The first byte chooses the
/// file.
/// </summary>
internal sealed class ManifestTarget : FuzzTarget
{
    private const int BodySizeOffset = 12;
    private const int CrcOffset = 44;
    private const int SlotCrcOffset = Superblock.SlotSizeBytes - 4;

    private static readonly string[] _paths =
    [
        .. SampleDatabase.Files.Keys
            .Where(static path => path.StartsWith("manifest/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];

    public override string Name => "manifest";

    public override IReadOnlyList<byte[]> Samples { get; } =
        [.. _paths.Select(static (path, index) => (byte[])[(byte)index, .. SampleDatabase.Files[path]])];

    public override void Seal(byte[] input)
    {
        if (input.Length == 0)
        {
            return;
        }

        Span<byte> file = input.AsSpan(1);
        if (_paths[input[0] % _paths.Length].EndsWith(".log", StringComparison.Ordinal))
        {
            SealRecords(file);
            return;
        }

        for (; file.Length >= Superblock.SlotSizeBytes; file = file[Superblock.SlotSizeBytes..])
        {
            BinaryPrimitives.WriteUInt32LittleEndian(
                file[SlotCrcOffset..], Crc32C.Compute(file[..SlotCrcOffset]));
        }
    }

    public override void Run(byte[] input)
    {
        if (input.Length == 0)
        {
            return;
        }

        try
        {
            ManifestReader.Read(SampleDatabase.Load(_paths[input[0] % _paths.Length], input[1..]));
        }
        catch (Exception refusal) when (refusal is ManifestCorruptException or ManifestUnsupportedException)
        {
            // Refused, with the place.
        }
    }

    private static void SealRecords(Span<byte> log)
    {
        for (; log.Length >= ManifestRecord.HeaderSizeBytes; log = Skip(log, ManifestRecord.UnitSizeBytes))
        {
            int bodySizeBytes = BinaryPrimitives.ReadInt32LittleEndian(log[BodySizeOffset..]);
            if (bodySizeBytes >= 0 && bodySizeBytes <= log.Length - ManifestRecord.HeaderSizeBytes)
            {
                uint crc = Crc32C.Append(
                    Crc32C.Compute(log[..CrcOffset]),
                    log.Slice(ManifestRecord.HeaderSizeBytes, bodySizeBytes));
                BinaryPrimitives.WriteUInt32LittleEndian(log[CrcOffset..], crc);
            }
        }
    }

    private static Span<byte> Skip(Span<byte> bytes, int count) => bytes[Math.Min(bytes.Length, count)..];
}
