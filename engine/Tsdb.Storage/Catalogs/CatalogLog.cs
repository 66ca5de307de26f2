using Tsdb.Core;
using Tsdb.Storage.Codecs;
using Tsdb.Storage.Devices;
using Tsdb.Storage.Manifests;
using Tsdb.Storage.Records;

namespace Tsdb.Storage.Catalogs;

/// <summary>
/// The file that holds the catalogue's definition records, one after the other, from the database's first day
/// on.
/// The manifest says how long it is and what its checksum is; bytes past that are a flush that never
/// completed, and
/// are overwritten.
/// </summary>
/// <remarks>
/// <code>
/// offset 0  "TSDBCAT" 0x01, magic and version · then the definition records (<see cref="DefinitionKind"/>)
/// </code>
/// Page: docs/formats/manifest.md, "Catalogue log". The checksum, CRC32C over everything, is kept in the
/// manifest.
/// </remarks>
internal sealed class CatalogLog : IDisposable
{
    /// <summary>The file's name.</summary>
    public const string Path = "catalog-00000001.log";

    private readonly IStorageFile _file;

    private CatalogLog(IStorageFile file, long sizeBytes, uint crc)
    {
        _file = file;
        SizeBytes = sizeBytes;
        Crc = crc;
    }

    private static ReadOnlySpan<byte> Magic => "TSDBCAT\u0001"u8;

    /// <summary>Bytes that are durable.</summary>
    public long SizeBytes { get; private set; }

    /// <summary>CRC32C of those bytes.</summary>
    public uint Crc { get; private set; }

    /// <summary>Makes the file anew, empty; what a creation that never completed left there is
    /// replaced.</summary>
    public static CatalogLog Create(IStorageDevice device)
    {
        device.Delete(Path);
        IStorageFile file = device.Open(Path, FileOpenMode.CreateNew);
        try
        {
            file.Write(0, Magic);
            file.SyncData();
            device.SyncDirectory("");
            return new CatalogLog(file, Magic.Length, Crc32C.Compute(Magic));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Opens the file and gives its records.</summary>
    /// <exception cref="CatalogCorruptException">It is shorter than the manifest says, or
    /// damaged.</exception>
    public static CatalogLog Open(
        IStorageDevice device, long sizeBytes, uint crc, out byte[] definitions)
    {
        IStorageFile file = device.Open(Path, FileOpenMode.ReadWrite);
        try
        {
            byte[] bytes = new byte[sizeBytes];
            int readBytes = file.Read(0, bytes);
            uint actual = Crc32C.Compute(bytes);
            if (readBytes != sizeBytes || actual != crc || !bytes.AsSpan().StartsWith(Magic))
            {
                throw new CatalogCorruptException(Path, readBytes, sizeBytes, crc, actual);
            }

            definitions = bytes[Magic.Length..];
            return new CatalogLog(file, sizeBytes, crc);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Appends records and makes them durable; they count once the manifest has the new size and
    /// checksum.</summary>
    public void Append(ByteChain definitions)
    {
        if (definitions.SizeBytes == 0)
        {
            return;
        }

        long endBytes = SizeBytes;
        uint crc = Crc;
        foreach (ByteSlab piece in definitions.Pieces)
        {
            _file.Write(endBytes, piece.Span);
            crc = Crc32C.Append(crc, piece.Span);
            endBytes += piece.SizeBytes;
        }

        _file.SyncData();
        SizeBytes = endBytes;
        Crc = crc;
    }

    /// <summary>What the manifest is to say of it.</summary>
    public CatalogLogEntry ToEntry() => new(Path, SizeBytes, Crc);

    public void Dispose() => _file.Dispose();
}
