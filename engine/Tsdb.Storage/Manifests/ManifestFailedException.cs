using Tsdb.Storage.Devices;

namespace Tsdb.Storage.Manifests;

/// <summary>A commit could not be made durable, and neither could a new manifest log. Whether the commit will
/// be found if the process ends now is not known; the next commit first makes durable that it did not
/// happen.</summary>
/// <param name="cause">What the device said.</param>
internal sealed class ManifestFailedException(StorageDeviceException cause)
    : IOException($"The manifest cannot be written: {cause.Message}", cause)
{
    /// <summary>What the device said.</summary>
    public StorageDeviceException Cause { get; } = cause;
}
