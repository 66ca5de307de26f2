using Tsdb.Core;
using Tsdb.Storage.Backups;
using Tsdb.Storage.Deletes;
using Tsdb.Storage.Devices;
using Tsdb.Storage.Manifests;
using Tsdb.Storage.Wal;

namespace Tsdb.Storage.Archives;

/// <summary>
/// Logs archived frames again, in a database that ends where they begin, under the same LSNs and commit
/// times; what remains is an ordinary recovery. Not thread safe.
/// </summary>
internal sealed class ArchivedLog : IDisposable
{
    private readonly ManifestState _state;
    private readonly WalWriter _writer;
    private readonly List<Tombstone> _deletes = [];

    /// <param name="device">The database's directory; there is no log.</param>
    /// <param name="state">What its manifest will say.</param>
    public ArchivedLog(IStorageDevice device, ManifestState state)
    {
        _state = state;
        LastLsn = state.FlushedLsnOfAllShards;
        WalTail tail = new()
        {
            LastLsn = LastLsn,
            KnownDurableLsn = LastLsn,
            KnownDurableCrc32C = 0,
            LastCommitTimeNs = 0,
            Files = [],
            Unproven = [],
            LostRanges = [],
            TornFrame = null,
            DeliveredFrameCount = 0,
        };
        _writer = WalWriter.Open(device, new WalOptions { DatabaseUuid = state.DatabaseUuid }, tail);
    }

    /// <summary>The last frame that the database has.</summary>
    public ulong LastLsn { get; private set; }

    public long LastCommitNs => _writer.LastCommitTimeNs;

    public long FrameCount { get; private set; }

    public long RowCount { get; private set; }

    public long DeleteCount => _deletes.Count;

    /// <summary>Logs the next frame.</summary>
    /// <exception cref="BackupException">What it holds does not follow the format.</exception>
    public void Append(in ArchivedFrame frame)
    {
        Invariant.Holds(frame.Lsn == LastLsn + 1);
        if (!FrameContents.TryRead(frame, _deletes, out long rowCount))
        {
            throw new BackupException(
                BackupFault.ObjectDamaged,
                $"LSN {frame.Lsn}",
                $"the archived frame with LSN {frame.Lsn} has sound checksums, but its records do not follow "
                + "the format");
        }

        ulong lsn = _writer.Append(frame.Payload.Span, frame.CommitTimeNs, frame.PayloadKind);
        Invariant.Holds(lsn == frame.Lsn);
        LastLsn = lsn;
        FrameCount++;
        RowCount += rowCount;
    }

    public void Sync() => _writer.Sync();

    /// <summary>Makes the log durable; gives what the manifest must say of its end and its deletes.</summary>
    public ManifestState Finish()
    {
        _writer.Sync();
        TombstoneSet deletes = _state.Tombstones;
        foreach (Tombstone delete in _deletes)
        {
            // Deletes come in the order of the log; those before the last one that the backup has are in it.
            if (delete.Lsn > deletes.LastLsn)
            {
                deletes = deletes.With(delete);
            }
        }

        return _state with { KnownDurableLsn = LastLsn, Tombstones = deletes };
    }

    public void Dispose() => _writer.Dispose();
}
