namespace Tsdb.Storage.Wal;

/// <summary>
/// Files whose frames are all in segments, but not all in the archive. They keep their names: a replay passes
/// over them, as the manifest covers what they hold.
/// </summary>
internal sealed class WalHeldFiles
{
    private readonly List<Held> _files = [];

    public long SizeBytes { get; private set; }

    /// <summary>The files, oldest first.</summary>
    public IEnumerable<WalLogFile> Logs => _files.Select(static held => held.Log);

    /// <param name="log">The file.</param>
    /// <param name="sizeBytes">Its size.</param>
    /// <param name="endLsn">First LSN of the file after it.</param>
    public void Add(WalLogFile log, long sizeBytes, ulong endLsn)
    {
        int index = _files.FindIndex(held => held.Log.Sequence > log.Sequence);
        _files.Insert(index < 0 ? _files.Count : index, new Held(log, sizeBytes, endLsn));
        SizeBytes += sizeBytes;
    }

    /// <summary>Takes out the files that hold nothing above an LSN.</summary>
    public List<WalLogFile> TakeUpTo(ulong lsn)
    {
        List<WalLogFile> taken = [];
        for (int i = 0; i < _files.Count;)
        {
            if (_files[i].EndLsn > lsn + 1)
            {
                i++;
                continue;
            }

            taken.Add(_files[i].Log);
            SizeBytes -= _files[i].SizeBytes;
            _files.RemoveAt(i);
        }

        return taken;
    }

    /// <summary>Takes out the oldest files until the others are no larger than a limit.</summary>
    /// <param name="sizeBytesMax">The limit.</param>
    /// <param name="lastLsn">The last LSN that is in a file taken out; 0 when none is.</param>
    public List<WalLogFile> TakeAbove(long sizeBytesMax, out ulong lastLsn)
    {
        List<WalLogFile> taken = [];
        lastLsn = 0;
        while (SizeBytes > sizeBytesMax)
        {
            taken.Add(_files[0].Log);
            lastLsn = _files[0].EndLsn - 1;
            SizeBytes -= _files[0].SizeBytes;
            _files.RemoveAt(0);
        }

        return taken;
    }

    private readonly record struct Held(WalLogFile Log, long SizeBytes, ulong EndLsn);
}
