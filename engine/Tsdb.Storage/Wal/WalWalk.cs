using Tsdb.Storage.Devices;

namespace Tsdb.Storage.Wal;

/// <summary>
/// One pass over the log. The rule at a bad frame: if any later evidence says that it was durable, it is
/// damage; only without evidence is it the tail that a crash tore. Evidence is the known-durable LSN of sound
/// frames, the first LSN of a later file, and what the manifest knows.
/// </summary>
internal sealed class WalWalk
{
    private readonly IStorageDevice _device;
    private readonly WalOptions _options;
    private readonly ulong _afterLsn;
    private readonly WalFrameHandler _handler;
    private readonly List<WalLostRange> _lostRanges = [];
    private readonly List<WalFrameLocation> _unproven = [];
    private readonly HashSet<long> _damagedSequences = [];
    private ulong _knownDurableLsn;
    private ulong _nextLsn;
    private uint? _previousCrc;
    private long _lastCommitTimeNs;
    private long _deliveredCount;
    private WalTornFrame? _tornFrame;
    private WalFileSet.Entry? _unreadable; // The next file, if its header is damaged.

    public WalWalk(
        IStorageDevice device,
        WalOptions options,
        ulong afterLsn,
        ulong knownDurableLsn,
        WalFrameHandler handler)
    {
        _device = device;
        _options = options;
        _afterLsn = afterLsn;
        _handler = handler;
        _knownDurableLsn = Math.Max(knownDurableLsn, afterLsn);
        _nextLsn = afterLsn + 1;
    }

    public void Run(WalFileSet files)
    {
        int start = files.FindStart(_afterLsn);
        if (start < 0)
        {
            ReportMissingFiles(_options.Directory, _knownDurableLsn);
            return;
        }

        for (int i = start; i < files.Entries.Count; i++)
        {
            WalFileSet.Entry entry = files.Entries[i];
            ulong limit = files.FindLimit(i);
            _unreadable = files.FindUnreadableAfter(i);
            if (entry.Header is { } header)
            {
                Enter(entry, header, isStart: i == start);
                WalkFile(entry, limit);
            }
            else
            {
                ReportBadHeader(entry, limit);
            }
        }
    }

    public WalTail ToTail(WalFileSet files)
    {
        ulong lastLsn = Math.Max(_nextLsn - 1, _knownDurableLsn);
        bool isWhole = _nextLsn - 1 >= _knownDurableLsn;
        uint crc = _unproven.Count > 0 ? _unproven[0].Frame.PreviousCrc32C : _previousCrc ?? 0;
        return new WalTail
        {
            LastLsn = lastLsn,
            KnownDurableLsn = _knownDurableLsn,
            KnownDurableCrc32C = isWhole ? crc : 0,
            LastCommitTimeNs = _lastCommitTimeNs,
            Files = [.. files.Entries.Select(ToLogFile)],
            Unproven = _unproven,
            LostRanges = _lostRanges,
            TornFrame = _tornFrame,
            DeliveredFrameCount = _deliveredCount,
        };
    }

    private WalLogFile ToLogFile(WalFileSet.Entry entry) => new(
        entry.Sequence,
        entry.Path,
        entry.Header?.FirstLsn ?? 0,
        entry.Header is null || _damagedSequences.Contains(entry.Sequence));

    // Where this file begins must be where the walk has come to; the first file may begin earlier.
    private void Enter(WalFileSet.Entry entry, WalFileHeader header, bool isStart)
    {
        Prove(header.FirstLsn - 1);
        _lastCommitTimeNs = Math.Max(_lastCommitTimeNs, header.CommitFloorNs);
        if (header.FirstLsn > _nextLsn)
        {
            Lose(entry, 0, $"first LSN {_nextLsn}", $"{header.FirstLsn}", header.FirstLsn - 1);
            _previousCrc = null;
        }

        if (!isStart && _previousCrc is { } crc && crc != header.PreviousCrc32C)
        {
            Refuse(entry.Path, 0, $"previous CRC {crc:x8}", $"{header.PreviousCrc32C:x8}", header.FirstLsn);
            _damagedSequences.Add(entry.Sequence);
        }

        _nextLsn = header.FirstLsn;
        _previousCrc = header.PreviousCrc32C;
    }

    private void WalkFile(WalFileSet.Entry entry, ulong limit)
    {
        using var reader = new WalFileReader(_device, _options, entry.Path, entry.Sequence);
        long offset = WalFileHeader.SizeBytes;
        while (_nextLsn < limit)
        {
            WalFrameStatus status = reader.ReadFrame(offset, _afterLsn, out WalFrame frame, out uint crc);
            if (status == WalFrameStatus.Valid && !Follows(frame))
            {
                status = WalFrameStatus.BrokenChain;
            }

            if (status == WalFrameStatus.Valid)
            {
                Accept(new WalFrameLocation(entry.Path, offset, frame), crc, reader.Payload.Span);
                offset += frame.SizeBytes;
                continue;
            }

            if (!TryPassBadFrame(reader, entry, status, limit, ref offset))
            {
                return;
            }
        }
    }

    private bool Follows(in WalFrame frame) =>
        frame.Lsn == _nextLsn && (_previousCrc is not { } crc || crc == frame.PreviousCrc32C);

    private void Accept(WalFrameLocation location, uint headerCrc, ReadOnlySpan<byte> payload)
    {
        WalFrame frame = location.Frame;
        Prove(frame.KnownDurableLsn);
        if (frame.Lsn > _knownDurableLsn)
        {
            _unproven.Add(location);
        }

        _previousCrc = headerCrc;
        _nextLsn = frame.Lsn + 1;
        _lastCommitTimeNs = Math.Max(_lastCommitTimeNs, frame.CommitTimeNs);
        if (frame.Lsn > _afterLsn)
        {
            _deliveredCount++;
            _handler(frame, payload);
        }
    }

    // True: go on in this file at the new offset. False: this file is done.
    private bool TryPassBadFrame(
        WalFileReader reader, WalFileSet.Entry entry, WalFrameStatus status, ulong limit, ref long offset)
    {
        if (status == WalFrameStatus.Unsupported)
        {
            throw new WalUnsupportedException(entry.Path, offset, $"the frame with LSN {_nextLsn}");
        }

        WalScan scan = reader.Scan(offset, _nextLsn);
        Prove(scan.KnownDurableLsn);
        if (limit != ulong.MaxValue)
        {
            Prove(limit - 1);
        }

        // A sound frame behind LSNs that may never have been durable is a torn tail's other end: not to be
        // used.
        bool canResume = scan.Next is { } next && next.Lsn < limit && next.Lsn - 1 <= _knownDurableLsn;
        ulong resumeLsn = canResume ? scan.Next!.Value.Lsn : limit;
        ulong lostLast = Math.Min(_knownDurableLsn, resumeLsn - 1);
        if (lostLast < _nextLsn)
        {
            _tornFrame = IsTorn(status) ? new WalTornFrame(entry.Path, offset, _nextLsn, status) : null;
            return false;
        }

        LoseFrame(entry, offset, status, lostLast);
        _previousCrc = null;
        offset = scan.NextOffsetBytes;
        if (resumeLsn == limit)
        {
            _nextLsn = lostLast + 1;
            return false;
        }

        _nextLsn = resumeLsn;
        return true;
    }

    private void LoseFrame(WalFileSet.Entry entry, long offset, WalFrameStatus status, ulong lastLsn)
    {
        if (_unreadable is { } other && status is (WalFrameStatus.Absent or WalFrameStatus.EndOfFile))
        {
            Lose(other, 0, "the header of a log file", other.Flaw, lastLsn);
            return;
        }

        Lose(entry, offset, $"a sound frame with LSN {_nextLsn}", status.ToString(), lastLsn);
    }

    private static bool IsTorn(WalFrameStatus status) =>
        status is WalFrameStatus.BadHeader or WalFrameStatus.BadPayload or WalFrameStatus.BrokenChain;

    private void ReportBadHeader(WalFileSet.Entry entry, ulong limit)
    {
        ulong last = limit == ulong.MaxValue ? Math.Max(_knownDurableLsn, _nextLsn) : limit - 1;
        _damagedSequences.Add(entry.Sequence);
        if (last >= _nextLsn)
        {
            Refuse(entry.Path, 0, $"the header of log file {entry.Sequence}", entry.Flaw, last);
            _lostRanges.Add(new WalLostRange(Math.Max(_nextLsn, _afterLsn + 1), last));
            _nextLsn = last + 1;
            _previousCrc = null;
            Prove(last);
        }
    }

    private void ReportMissingFiles(string path, ulong lastLsn)
    {
        if (lastLsn >= _nextLsn)
        {
            Refuse(path, 0, $"a log file with LSN {_nextLsn}", "none", lastLsn);
            _lostRanges.Add(new WalLostRange(_nextLsn, lastLsn));
        }
    }

    // Frames up to the flushed LSN are not needed any more: losing them loses nothing.
    private void Lose(WalFileSet.Entry entry, long offset, string expected, string actual, ulong lastLsn)
    {
        if (lastLsn <= _afterLsn)
        {
            return;
        }

        Refuse(entry.Path, offset, expected, actual, lastLsn);
        _lostRanges.Add(new WalLostRange(Math.Max(_nextLsn, _afterLsn + 1), lastLsn));
        _damagedSequences.Add(entry.Sequence);
    }

    private void Refuse(string path, long offset, string expected, string actual, ulong lastLsn)
    {
        if (_options.DamagePolicy == WalDamagePolicy.Refuse)
        {
            ulong first = Math.Min(Math.Max(_nextLsn, _afterLsn + 1), lastLsn);
            throw new WalCorruptException(path, offset, expected, actual, new WalLostRange(first, lastLsn));
        }
    }

    private void Prove(ulong lsn)
    {
        if (lsn > _knownDurableLsn)
        {
            _knownDurableLsn = lsn;
        }

        // Each frame leaves the list once; it is as long as one group commit.
        int proven = _unproven.Count;
        while (proven > 0 && _unproven[proven - 1].Frame.Lsn > _knownDurableLsn)
        {
            proven--;
        }

        _unproven.RemoveRange(0, proven);
    }
}
