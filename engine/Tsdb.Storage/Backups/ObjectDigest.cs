using System.Buffers;
using System.Security.Cryptography;
using Checksum = Tsdb.Storage.Codecs.Crc32C;

namespace Tsdb.Storage.Backups;

/// <summary>Size and checksums of an object, taken while it is read.</summary>
/// <param name="SizeBytes">Its size.</param>
/// <param name="Crc32C">Its CRC32C.</param>
/// <param name="Sha256">Its SHA-256 in hexadecimal.</param>
internal readonly record struct ObjectDigest(long SizeBytes, uint Crc32C, string Sha256)
{
    private const int BlockSizeBytes = 1 << 20;

    /// <summary>Reads a stream to its end; gives each block to <paramref name="onBlock"/> with its
    /// offset.</summary>
    public static async Task<ObjectDigest> ReadAsync(
        Stream stream, Action<long, ReadOnlyMemory<byte>>? onBlock, CancellationToken cancellation)
    {
        byte[] block = ArrayPool<byte>.Shared.Rent(BlockSizeBytes);
        try
        {
            using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            uint crc = Checksum.Compute([]);
            long offset = 0;
            int sizeBytes;
            while ((sizeBytes = await stream.ReadAsync(block, cancellation).ConfigureAwait(false)) > 0)
            {
                hash.AppendData(block.AsSpan(0, sizeBytes));
                crc = Checksum.Append(crc, block.AsSpan(0, sizeBytes));
                onBlock?.Invoke(offset, block.AsMemory(0, sizeBytes));
                offset += sizeBytes;
            }

            return new ObjectDigest(offset, crc, Convert.ToHexStringLower(hash.GetHashAndReset()));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    /// <summary>Reads a file to its end, and says what its object is to be.</summary>
    public static async Task<BackupEntry> DescribeAsync(
        Stream content, string path, string key, CancellationToken cancellation)
    {
        ObjectDigest digest = await ReadAsync(content, null, cancellation).ConfigureAwait(false);
        return new BackupEntry
        {
            Path = path,
            Key = key,
            SizeBytes = digest.SizeBytes,
            Crc32C = digest.Crc32C,
            Sha256 = digest.Sha256,
        };
    }

    /// <summary>Says what differs from what was written.</summary>
    /// <exception cref="BackupException">Something does.</exception>
    public void Verify(BackupEntry expected)
    {
        if (SizeBytes != expected.SizeBytes || Crc32C != expected.Crc32C || Sha256 != expected.Sha256)
        {
            throw new BackupException(
                BackupFault.ObjectDamaged,
                expected.Key,
                $"{expected.Key} is damaged: expected {expected.SizeBytes} bytes, CRC32C "
                + $"{expected.Crc32C:x8}, SHA-256 {expected.Sha256}; "
                + $"found {SizeBytes} bytes, {Crc32C:x8}, {Sha256}");
        }
    }
}
