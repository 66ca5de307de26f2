using Tsdb.Storage.Devices;

namespace Tsdb.Storage.Manifests;

/// <summary>A commit could not be made durable, and neither could a new manifest log. Whether the commit will
/// be found after a restart is not known; nothing can be committed until then.</summary>
/// <param name="cause">What the device said.</param>
internal sealed class ManifestFailedException(StorageDeviceException cause)
    : IOException($"The manifest is read-only until a restart: {cause.Message}", cause)
{
    /// <summary>What the device said.</summary>
    public StorageDeviceException Cause { get; } = cause;
}
