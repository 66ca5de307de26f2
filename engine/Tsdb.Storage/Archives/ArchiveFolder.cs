using System.Globalization;
using Tsdb.Storage.Backups;

namespace Tsdb.Storage.Archives;

/// <summary>The archived log of one database identity on a target. One writer at a time.</summary>
internal sealed class ArchiveFolder(BackupStore store, Guid databaseUuid)
{
    private const string Suffix = ".log";
    private const int DigitCount = 20;

    /// <summary>Identity of the database that logged.</summary>
    public Guid DatabaseUuid => databaseUuid;

    private string Folder => $"{store.ArchiveFolder}/{databaseUuid:N}";

    private string MarkKey => $"{Folder}/mark";

    /// <summary>The pieces that are there, by first LSN.</summary>
    public async Task<IReadOnlyList<ArchiveRange>> ListAsync(CancellationToken cancellation)
    {
        List<ArchiveRange> found = [];
        foreach (BackupObject item in
            await store.Target.ListAsync(Folder, cancellation).ConfigureAwait(false))
        {
            if (TryParse(item.Key[(Folder.Length + 1)..], out ArchiveRange range))
            {
                found.Add(range);
            }
        }

        return found;
    }

    /// <summary>Reads a piece and verifies its outer checksums.</summary>
    /// <exception cref="BackupException">It is missing or damaged.</exception>
    public async Task<ArchivePieceReader> OpenAsync(ArchiveRange range, CancellationToken cancellation)
    {
        string key = KeyOf(range);
        byte[] bytes = await store.ReadAsync(key, cancellation).ConfigureAwait(false);
        return new ArchivePieceReader(key, bytes, databaseUuid, range);
    }

    /// <summary>Reads the beginning of a piece only.</summary>
    /// <exception cref="BackupException">It is missing, or its beginning is damaged.</exception>
    public async Task<ArchivePieceHeader> ReadHeaderAsync(
        ArchiveRange range, CancellationToken cancellation)
    {
        string key = KeyOf(range);
        Stream content = await store.Target.OpenAsync(key, cancellation).ConfigureAwait(false)
            ?? throw new BackupException(
                BackupFault.ObjectMissing, key, $"{key} is missing from {store.Target.Description}");
        await using (content.ConfigureAwait(false))
        {
            byte[] bytes = new byte[ArchivePiece.HeaderSizeBytes];
            int readBytes = await content
                .ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellation)
                .ConfigureAwait(false);
            return ArchivePieceHeader.Read(key, bytes.AsSpan(0, readBytes), databaseUuid, range);
        }
    }

    /// <summary>Sends a piece.</summary>
    /// <exception cref="BackupException">Another one is there under its name: somebody else archives a log of
    /// this identity.</exception>
    public Task AddAsync(ArchiveRange range, ReadOnlyMemory<byte> bytes, CancellationToken cancellation) =>
        store.AddAsync(KeyOf(range), bytes, cancellation);

    public Task DeleteAsync(ArchiveRange range, CancellationToken cancellation) =>
        store.Target.DeleteAsync(KeyOf(range), cancellation);

    /// <summary>How far in time the archive reaches; null before the first mark.</summary>
    /// <exception cref="BackupException">The mark is damaged.</exception>
    public async Task<ArchiveMark?> ReadMarkAsync(CancellationToken cancellation)
    {
        byte[]? bytes = await store.TryReadAsync(MarkKey, cancellation).ConfigureAwait(false);
        return bytes is null ? null : ArchiveMark.Parse(MarkKey, bytes);
    }

    public async Task WriteMarkAsync(ArchiveMark mark, CancellationToken cancellation)
    {
        using MemoryStream content = new(mark.ToBytes());
        await store.Target.PutAsync(MarkKey, content, cancellation).ConfigureAwait(false);
    }

    private string KeyOf(ArchiveRange range) => string.Create(
        CultureInfo.InvariantCulture, $"{Folder}/{range.FirstLsn:D20}-{range.LastLsn:D20}{Suffix}");

    private static bool TryParse(string name, out ArchiveRange range)
    {
        range = default;
        if (name.Length != (2 * DigitCount) + 1 + Suffix.Length
            || !name.EndsWith(Suffix, StringComparison.Ordinal)
            || !TryParse(name.AsSpan(0, DigitCount), out ulong firstLsn)
            || !TryParse(name.AsSpan(DigitCount + 1, DigitCount), out ulong lastLsn)
            || firstLsn > lastLsn)
        {
            return false;
        }

        range = new ArchiveRange(firstLsn, lastLsn);
        return true;
    }

    private static bool TryParse(ReadOnlySpan<char> digits, out ulong lsn) =>
        ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out lsn);
}
