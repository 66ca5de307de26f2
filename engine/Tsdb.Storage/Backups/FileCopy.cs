using System.Buffers;
using Tsdb.Storage.Devices;

namespace Tsdb.Storage.Backups;

/// <summary>Brings a file that nobody changes any more to another place.</summary>
internal static class FileCopy
{
    private const int BlockSizeBytes = 1 << 20;

    /// <summary>Links the file where both places are on one file system, else copies it, durably. The name is
    /// durable after the directory is synced.</summary>
    /// <returns>Whether it was linked.</returns>
    public static bool LinkOrCopy(
        IStorageDevice source, string sourcePath, IStorageDevice target, string targetPath)
    {
        (IStorageDevice from, string fromPath) = SubdirectoryDevice.Resolve(source, sourcePath);
        (IStorageDevice to, string toPath) = SubdirectoryDevice.Resolve(target, targetPath);
        if (ReferenceEquals(from, to))
        {
            to.Link(fromPath, toPath);
            return true;
        }

        if (from is LocalStorageDevice fromLocal
            && to is LocalStorageDevice toLocal
            && toLocal.TryLinkFrom(fromLocal, fromPath, toPath))
        {
            return true;
        }

        Copy(source, sourcePath, target, targetPath, long.MaxValue);
        return false;
    }

    /// <summary>Copies the first bytes of a file, durably. The new file must not be there.</summary>
    /// <exception cref="StorageDeviceException">A device failed, or the file is shorter.</exception>
    public static void Copy(
        IStorageDevice source, string sourcePath, IStorageDevice target, string targetPath, long sizeBytesMax)
    {
        byte[] block = ArrayPool<byte>.Shared.Rent(BlockSizeBytes);
        try
        {
            using IStorageFile input = source.Open(sourcePath, FileOpenMode.Read);
            using IStorageFile output = target.Open(targetPath, FileOpenMode.CreateNew);
            long sizeBytes = Math.Min(input.LengthBytes, sizeBytesMax);
            for (long offset = 0; offset < sizeBytes;)
            {
                int wantedBytes = (int)Math.Min(block.Length, sizeBytes - offset);
                int readBytes = input.Read(offset, block.AsSpan(0, wantedBytes));
                if (readBytes == 0)
                {
                    throw new StorageDeviceException(
                        "read", sourcePath, 0, $"it ended at byte {offset} of {sizeBytes}");
                }

                output.Write(offset, block.AsSpan(0, readBytes));
                offset += readBytes;
            }

            output.SyncData();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }
}
