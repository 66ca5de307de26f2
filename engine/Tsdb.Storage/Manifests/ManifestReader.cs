using Tsdb.Storage.Devices;

namespace Tsdb.Storage.Manifests;

/// <summary>Reads the manifest. Changes nothing on the device.</summary>
internal static class ManifestReader
{
    private const int LogSizeBytesMax = 1 << 30;

    /// <summary>The present state and the superblock that leads to it.</summary>
    /// <exception cref="ManifestCorruptException">It is damaged or missing.</exception>
    /// <exception cref="ManifestUnsupportedException">A newer version wrote it.</exception>
    public static (ManifestState State, Superblock Superblock) Read(IStorageDevice device)
    {
        Superblock superblock = ReadSuperblock(device);
        string path = ManifestPaths.Log(superblock.LogNumber);
        if (!device.Exists(path))
        {
            throw new ManifestCorruptException(path, 0, "the log that the superblock names", "no such file");
        }

        return (ReadLog(ReadAll(device, path), path, superblock), superblock);
    }

    private static Superblock ReadSuperblock(IStorageDevice device)
    {
        const string Path = ManifestPaths.Superblock;
        byte[] bytes = ReadAll(device, Path);
        Superblock? newest = null;
        for (int slot = 0; slot < Superblock.SlotCount; slot++)
        {
            int start = Math.Min(slot * Superblock.SlotSizeBytes, bytes.Length);
            int sizeBytes = Math.Min(Superblock.SlotSizeBytes, bytes.Length - start);
            Superblock? found = Superblock.Read(bytes.AsSpan(start, sizeBytes), Path);
            if (found is not null && (newest is null || found.Value.Generation > newest.Value.Generation))
            {
                newest = found;
            }
        }

        return newest ?? throw new ManifestCorruptException(Path, 0, "a valid slot", "none");
    }

    private static ManifestState ReadLog(ReadOnlySpan<byte> log, string path, in Superblock superblock)
    {
        ManifestState state = ManifestState.CreateNew(superblock.DatabaseUuid, 1);
        long expected = superblock.CheckpointNumber;
        uint previousCrc = 0;
        bool hasCheckpoint = false;
        for (int position = 0; position < log.Length;)
        {
            ReadOnlySpan<byte> rest = log[position..];
            if (ManifestRecord.Read(rest, superblock.DatabaseUuid, path) is not { } record)
            {
                // A torn tail, or one damaged copy: the other one decides.
                position += ManifestRecord.UnitSizeBytes;
                continue;
            }

            ReadOnlySpan<byte> body = rest.Slice(ManifestRecord.HeaderSizeBytes, record.BodySizeBytes);
            bool isCopy = hasCheckpoint && record.CommitNumber == expected - 1 && record.Crc == previousCrc;
            if (!isCopy)
            {
                Require(record.CommitNumber == expected, "commit", expected, record.CommitNumber);
                Require(record.PreviousCrc == previousCrc, "previous CRC", previousCrc, record.PreviousCrc);
                Require(hasCheckpoint || ManifestReplay.IsCheckpoint(body), "checkpoint first", 1, 0);
                string flaw = ManifestReplay.TryApply(state, expected, body, path, out state);
                Require(flaw.Length == 0, "edits that fit together: " + flaw, 0, 1);
                previousCrc = record.Crc;
                hasCheckpoint = true;
                expected++;
            }

            position += record.SizeBytes;

            void Require(bool isSound, string what, long wanted, long found)
            {
                if (!isSound)
                {
                    throw new ManifestCorruptException(path, position, $"{what} {wanted}", $"{found}");
                }
            }
        }

        bool isOurs = hasCheckpoint && state.DatabaseUuid == superblock.DatabaseUuid;
        return isOurs ? state : throw new ManifestCorruptException(path, 0, "a checkpoint", "none");
    }

    private static byte[] ReadAll(IStorageDevice device, string path)
    {
        using IStorageFile file = device.Open(path, FileOpenMode.Read);
        long sizeBytes = file.LengthBytes;
        if (sizeBytes > LogSizeBytesMax)
        {
            throw new ManifestCorruptException(path, 0, $"at most {LogSizeBytesMax} bytes", $"{sizeBytes}");
        }

        byte[] bytes = new byte[sizeBytes];
        int count = file.Read(0, bytes);
        return bytes[..count];
    }
}
