namespace Tsdb.Storage.Devices;

/// <summary>Directories with all that is in them.</summary>
internal static class DeviceTree
{
    /// <summary>Removes a directory and everything below it. Durable after its parent is synced.</summary>
    public static void Delete(IStorageDevice device, string directory)
    {
        if (!device.IsDirectory(directory))
        {
            return;
        }

        foreach (string name in device.List(directory))
        {
            string path = $"{directory}/{name}";
            if (device.IsDirectory(path))
            {
                Delete(device, path);
            }
            else
            {
                device.Delete(path);
            }
        }

        device.DeleteDirectory(directory);
    }
}
