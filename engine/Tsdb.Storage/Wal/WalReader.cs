using Tsdb.Storage.Devices;

namespace Tsdb.Storage.Wal;

/// <summary>Is given each frame of a replay, in LSN order. The payload is the reader's: copy what is
/// kept.</summary>
internal delegate void WalFrameHandler(in WalFrame frame, ReadOnlySpan<byte> payload);

/// <summary>Reads the log after a start. Changes nothing on the device.</summary>
internal static class WalReader
{
    /// <summary>Gives every frame above an LSN to the handler.</summary>
    /// <param name="device">Where the log is.</param>
    /// <param name="options">The lane.</param>
    /// <param name="afterLsn">The highest LSN that is flushed to segments in every shard; 0 for none.</param>
    /// <param name="knownDurableLsn">The highest LSN that the manifest knows to be durable; 0 for
    /// none.</param>
    /// <param name="handler">Called for each frame above <paramref name="afterLsn"/>.</param>
    /// <returns>Where the log ends; give it to <see cref="WalWriter.Open"/>.</returns>
    /// <exception cref="WalCorruptException">Durable frames above <paramref name="afterLsn"/> are gone and
    /// the policy is <see cref="WalDamagePolicy.Refuse"/>.</exception>
    /// <exception cref="WalUnsupportedException">A newer version wrote the log.</exception>
    /// <exception cref="StorageDeviceException">The device cannot read.</exception>
    public static WalTail Replay(
        IStorageDevice device,
        WalOptions options,
        ulong afterLsn,
        ulong knownDurableLsn,
        WalFrameHandler handler)
    {
        return Replay(
            device, options, WalFileSet.Read(device, options), afterLsn, knownDurableLsn, handler);
    }

    /// <summary>As the other, of files that were found before: what was written since is left out.</summary>
    public static WalTail Replay(
        IStorageDevice device,
        WalOptions options,
        WalFileSet files,
        ulong afterLsn,
        ulong knownDurableLsn,
        WalFrameHandler handler)
    {
        var walk = new WalWalk(device, options, afterLsn, knownDurableLsn, handler);
        walk.Run(files);
        return walk.ToTail(files);
    }
}
