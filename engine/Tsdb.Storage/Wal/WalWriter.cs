using Tsdb.Core;
using Tsdb.Storage.Codecs;
using Tsdb.Storage.Devices;

namespace Tsdb.Storage.Wal;

/// <summary>
/// Appends frames to one lane. One thread at a time, except <see cref="PrepareSpare"/>. Appending allocates
/// nothing; a frame is acknowledged only after <see cref="Sync"/> has returned.
/// </summary>
internal sealed class WalWriter : IDisposable
{
    private readonly WalOptions _options;
    private readonly WalLiveFiles _files;
    private byte[] _copyBuffer = [];
    private uint _previousCrc;
    private uint _durableCrc;
    private long _lastCommitTimeNs;
    private long _durableCommitTimeNs;
    private long _commitFloorNs;
    private bool _isReplacing;
    private StorageDeviceException? _failure;

    private WalWriter(WalOptions options, WalLiveFiles files, WalTail tail)
    {
        _options = options;
        _files = files;
        NextLsn = tail.KnownDurableLsn + 1;
        DurableLsn = tail.KnownDurableLsn;
        _previousCrc = tail.KnownDurableCrc32C;
        _durableCrc = tail.KnownDurableCrc32C;
    }

    /// <summary>The LSN that the next frame will get.</summary>
    public ulong NextLsn { get; private set; }

    /// <summary>The highest LSN whose sync has returned.</summary>
    public ulong DurableLsn { get; private set; }

    /// <summary>Size of the files that hold frames, spares apart.</summary>
    public long LiveSizeBytes => _files.LiveSizeBytes;

    /// <summary>Size of the files that wait for the archive only.</summary>
    public long HeldSizeBytes => _files.HeldSizeBytes;

    /// <summary>Whether the file being written is half full, so that a spare will be wanted.</summary>
    public bool WantsSpare => _files.IsHalfFull;

    /// <summary>Whether a write or sync failed: nothing can be appended until the file is replaced.</summary>
    public bool IsFailed => _failure is not null;

    /// <summary>Whether the replacement failed too: nothing can be appended until one succeeds.</summary>
    public bool IsReadOnly { get; private set; }

    /// <summary>No frame was committed later, and none will be committed earlier; 0 before the
    /// first.</summary>
    public long LastCommitTimeNs => _lastCommitTimeNs;

    /// <summary>
    /// Goes on where a replay ended, in a new file, so that nothing behind the tail can be taken for a frame.
    /// Frames not proven durable are logged again first. Everything replayed is durable when this returns.
    /// </summary>
    /// <exception cref="StorageDeviceException">The device failed; the log is as replayable as
    /// before.</exception>
    public static WalWriter Open(IStorageDevice device, WalOptions options, WalTail tail)
    {
        device.CreateDirectory(options.Directory);
        device.SyncDirectory("");
        var files = new WalLiveFiles(device, options, tail.Files);
        var writer = new WalWriter(options, files, tail);
        writer.Begin(device, tail);
        return writer;
    }

    /// <summary>Writes one frame around a copy of the payload; returns its LSN. Not durable yet.</summary>
    /// <param name="payload">Up to <see cref="WalFrame.PayloadSizeBytesMax"/> bytes.</param>
    /// <param name="commitTimeNs">Raised to <see cref="LastCommitTimeNs"/> if it is less.</param>
    /// <param name="payloadKind">What the payload is, for the replay.</param>
    /// <exception cref="WalFailedException">The device failed.</exception>
    public ulong Append(ReadOnlySpan<byte> payload, long commitTimeNs, byte payloadKind = 0)
    {
        int sizeBytes = WalFrame.GetSizeBytes(payload.Length);
        if (_copyBuffer.Length < sizeBytes)
        {
            _copyBuffer = GC.AllocateUninitializedArray<byte>((int)Math.Min(sizeBytes * 2L, Array.MaxLength));
        }

        payload.CopyTo(_copyBuffer.AsSpan(WalFrame.HeaderSizeBytes));
        return AppendFrame(_copyBuffer, payload.Length, commitTimeNs, payloadKind);
    }

    /// <summary>Writes one frame in place: no copy of the payload.</summary>
    /// <param name="frameBuffer"><see cref="WalFrame.HeaderSizeBytes"/> free bytes, the payload, and room up
    /// to <see cref="WalFrame.GetSizeBytes"/>; header and room are overwritten.</param>
    /// <param name="payloadSizeBytes">Size of the payload.</param>
    /// <param name="commitTimeNs">Raised to <see cref="LastCommitTimeNs"/> if it is less.</param>
    /// <param name="payloadKind">What the payload is, for the replay.</param>
    /// <exception cref="WalFailedException">The device failed.</exception>
    public ulong AppendFrame(
        Span<byte> frameBuffer, int payloadSizeBytes, long commitTimeNs, byte payloadKind = 0)
    {
        Invariant.Holds(payloadSizeBytes is >= 0 and <= WalFrame.PayloadSizeBytesMax);
        Span<byte> bytes = frameBuffer[..WalFrame.GetSizeBytes(payloadSizeBytes)];
        ThrowIfFailed();
        try
        {
            if (!_files.HasRoom(bytes.Length))
            {
                Roll(bytes.Length);
            }

            Write(bytes, payloadSizeBytes, commitTimeNs, payloadKind);
        }
        catch (StorageDeviceException failure)
        {
            Fail(failure);
        }

        return NextLsn - 1;
    }

    /// <summary>Makes all appended frames durable.</summary>
    /// <exception cref="WalFailedException">The device failed; frames above <see cref="DurableLsn"/> count as
    /// lost.</exception>
    public void Sync()
    {
        ThrowIfFailed();
        try
        {
            SyncCurrent();
        }
        catch (StorageDeviceException failure)
        {
            Fail(failure);
        }

        _isReplacing = false;
        IsReadOnly = false;
    }

    /// <summary>
    /// After a failure: goes on in a new file; the failed one is never written again. The caller then appends
    /// again, in order, all frames above <see cref="DurableLsn"/>; they get the same LSNs. What the failed
    /// file holds of them is void. A failure before the next successful sync makes the log read-only until
    /// this is called again, with another new file, and nothing fails.
    /// </summary>
    /// <exception cref="WalFailedException">The device failed again.</exception>
    public void ReplaceFailedFile()
    {
        Invariant.Holds(IsFailed);
        _isReplacing = true;
        _failure = null;
        NextLsn = DurableLsn + 1;
        _previousCrc = _durableCrc;
        _lastCommitTimeNs = Math.Max(_durableCommitTimeNs, _commitFloorNs);
        try
        {
            _files.SetCurrentAside();
            _files.Begin(new WalNewFile(NextLsn, _previousCrc, _lastCommitTimeNs, 0));
            _files.Publish();
        }
        catch (StorageDeviceException failure)
        {
            Fail(failure);
        }
    }

    /// <summary>Writes off the files whose frames are all flushed; they are reused or removed.</summary>
    /// <param name="flushedLsn">Every frame up to it is in segments, and the manifest that says so is
    /// durable.</param>
    /// <returns>The last LSN that was given up although the archive lacks it; 0 when none was.</returns>
    /// <exception cref="StorageDeviceException">The device failed; the log itself is unharmed.</exception>
    public ulong Truncate(ulong flushedLsn)
    {
        Invariant.Holds(flushedLsn <= DurableLsn);
        return _files.Truncate(flushedLsn);
    }

    /// <summary>The archive has every frame up to an LSN: files kept for it go.</summary>
    /// <exception cref="StorageDeviceException">The device failed; the log itself is unharmed.</exception>
    public void NoteArchived(ulong lsn)
    {
        Invariant.Holds(lsn <= DurableLsn);
        _files.NoteArchived(lsn);
    }

    /// <summary>No frame that is appended from now on is committed before a time, whatever the clock
    /// says.</summary>
    /// <param name="timeNs">Nanoseconds since 1970.</param>
    public void RaiseCommitFloor(long timeNs)
    {
        _commitFloorNs = Math.Max(_commitFloorNs, timeNs);
        _lastCommitTimeNs = Math.Max(_lastCommitTimeNs, timeNs);
        if (DurableLsn + 1 == NextLsn && !IsFailed)
        {
            _durableCommitTimeNs = _lastCommitTimeNs;
        }
    }

    /// <summary>What the archive may read. Where every frame is durable, the next one is committed after
    /// <paramref name="nowNs"/>, whatever the clock does until then.</summary>
    public WalView GetView(long nowNs)
    {
        if (DurableLsn + 1 == NextLsn && !IsFailed)
        {
            RaiseCommitFloor(nowNs + 1);
        }

        return new WalView(DurableLsn, _durableCommitTimeNs - 1, _files.Logs);
    }

    /// <summary>Makes a spare file if there is none, so that the next full file costs no pause. Any
    /// thread.</summary>
    public void PrepareSpare() => _files.PrepareSpare();

    /// <summary>Closes the files. Appended frames that were not synced stay unsynced.</summary>
    public void Dispose() => _files.Dispose();

    private void Begin(IStorageDevice device, WalTail tail)
    {
        int sizeBytes = 0;
        foreach (WalFrameLocation location in tail.Unproven)
        {
            sizeBytes += location.Frame.SizeBytes;
        }

        _files.Begin(new WalNewFile(NextLsn, _previousCrc, tail.LastCommitTimeNs, sizeBytes));
        foreach (WalFrameLocation location in tail.Unproven)
        {
            WalFrame frame = location.Frame;
            Invariant.Holds(frame.Lsn == NextLsn);
            byte[] bytes = new byte[frame.SizeBytes];
            using (IStorageFile file = device.Open(location.Path, FileOpenMode.Read))
            {
                file.Read(location.OffsetBytes, bytes);
            }

            Write(bytes, frame.PayloadSizeBytes, frame.CommitTimeNs, frame.PayloadKind);
        }

        // Only now does the file get its name: from then on the frames in the old one are void.
        _files.Publish();
        Invariant.Holds(NextLsn == tail.LastLsn + 1);
        _lastCommitTimeNs = tail.LastCommitTimeNs;
        SetDurable();
    }

    private void Write(Span<byte> bytes, int payloadSizeBytes, long commitTimeNs, byte payloadKind)
    {
        Span<byte> payload = bytes.Slice(WalFrame.HeaderSizeBytes, payloadSizeBytes);
        bytes[(WalFrame.HeaderSizeBytes + payloadSizeBytes)..].Clear();
        long timeNs = Math.Max(commitTimeNs, _lastCommitTimeNs);
        var frame = new WalFrame(
            _files.CurrentSequence,
            NextLsn,
            DurableLsn,
            timeNs,
            payloadKind,
            payloadSizeBytes,
            Crc32C.Compute(payload),
            _previousCrc);
        uint crc = frame.WriteHeader(bytes, _options);
        _files.Write(bytes);
        _previousCrc = crc;
        _lastCommitTimeNs = timeNs;
        NextLsn++;
    }

    private void Roll(int frameSizeBytes)
    {
        // A file's header says that all below it is durable: make it so first.
        SyncCurrent();
        _files.Begin(new WalNewFile(NextLsn, _previousCrc, _lastCommitTimeNs, frameSizeBytes));
        _files.Publish();
    }

    private void SyncCurrent()
    {
        if (DurableLsn + 1 == NextLsn)
        {
            return;
        }

        _files.SyncCurrent();
        SetDurable();
    }

    private void SetDurable()
    {
        DurableLsn = NextLsn - 1;
        _durableCrc = _previousCrc;
        _durableCommitTimeNs = _lastCommitTimeNs;
    }

    private void Fail(StorageDeviceException failure)
    {
        _failure = failure;
        IsReadOnly = _isReplacing;
        ThrowIfFailed();
    }

    private void ThrowIfFailed()
    {
        if (_failure is { } failure)
        {
            throw new WalFailedException(_files.CurrentPath, DurableLsn, IsReadOnly, failure);
        }
    }
}
