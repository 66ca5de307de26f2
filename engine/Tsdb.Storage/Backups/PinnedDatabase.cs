using Tsdb.Storage.Devices;
using Tsdb.Storage.Manifests;
using Tsdb.Storage.Versions;

namespace Tsdb.Storage.Backups;

/// <summary>
/// One state of an open database whose files stay while this is held, whatever flushes and merges do
/// meanwhile.
/// </summary>
/// <param name="Device">The database's directory.</param>
/// <param name="State">What the manifest said.</param>
/// <param name="Version">The segments it names, held.</param>
/// <param name="ReachedLsn">No effect of a frame above it is in the state.</param>
/// <param name="CommitTimeNs">No frame of the log up to the state was committed later.</param>
internal sealed record PinnedDatabase(
    IStorageDevice Device,
    ManifestState State,
    StorageVersion Version,
    ulong ReachedLsn,
    long CommitTimeNs) : IDisposable
{
    /// <summary>Lets the files go.</summary>
    public void Dispose() => Version.Release();
}
