using Tsdb.Core;
using Tsdb.Storage.Devices;
using Tsdb.Storage.Wal;

namespace Tsdb.Storage.Archives;

/// <summary>Reads the next frames of a log until they are worth an object; over what the log has let go of or
/// lost, which it notes. Not thread safe.</summary>
internal sealed class PieceCollector(
    IStorageDevice device, Guid databaseUuid, ArchiveProgress progress, MemoryAccount? memory) : IDisposable
{
    // What a reader of the archive holds in memory, unless one frame is larger.
    private const int PieceSizeBytes = 8 << 20;

    private readonly WalTailReader _reader = new(device, new WalOptions { DatabaseUuid = databaseUuid });
    private readonly ArchivePieceWriter _piece = new(databaseUuid, memory);
    private readonly HashSet<ulong> _damagedLsns = [];

    /// <summary>The frame to be read next.</summary>
    public ulong NextLsn => _reader.NextLsn;

    /// <summary>What is collected.</summary>
    public ArchiveRange Range => _piece.Range;

    /// <summary>Goes on at another frame.</summary>
    public void Seek(ulong lsn) => _reader.Seek(lsn);

    /// <summary>The object of what is collected; valid until the next call.</summary>
    public ReadOnlyMemory<byte> Finish() => _piece.Finish();

    /// <summary>Collects; false where there is nothing to be had: the next frame is damaged for good, and was
    /// passed, or the log has let go of all.</summary>
    /// <param name="view">The log; the next frame is durable.</param>
    /// <exception cref="WalCorruptException">It is damaged, or was let go of meanwhile: the next call
    /// tells.</exception>
    public bool TryCollect(in WalView view)
    {
        _piece.Clear();
        SkipWhatIsGone(view);
        try
        {
            Collect(view);
        }
        catch (WalCorruptException) when (!_piece.IsEmpty)
        {
            // What is before the damage is sent first.
        }
        catch (WalCorruptException damage) when (!_damagedLsns.Add(_reader.NextLsn))
        {
            ulong nextLsn = _reader.FindBehindDamage(view);
            progress.NoteGap(new ArchiveRange(_reader.NextLsn, nextLsn - 1), damage.Message);
            _reader.Seek(nextLsn);
            return false;
        }

        return !_piece.IsEmpty;
    }

    /// <summary>Gives the memory back.</summary>
    public void Clear() => _piece.Dispose();

    /// <summary>Closes the log file that is being read, and gives the memory back.</summary>
    public void Dispose()
    {
        _piece.Dispose();
        _reader.Dispose();
    }

    /// <summary>The log has let go of frames, as its limit says: the archive goes on behind them.</summary>
    private void SkipWhatIsGone(in WalView view)
    {
        if (_reader.NextLsn < view.FirstLsn)
        {
            progress.NoteGap(new ArchiveRange(_reader.NextLsn, view.FirstLsn - 1));
            _reader.Seek(view.FirstLsn);
        }
    }

    private void Collect(in WalView view)
    {
        while (_reader.NextLsn <= view.DurableLsn && _piece.SizeBytes < PieceSizeBytes)
        {
            WalFrame frame = _reader.Read(view, out ReadOnlySpan<byte> payload);
            _piece.Add(frame, payload);
        }
    }
}
