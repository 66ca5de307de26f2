namespace Tsdb.Storage.Backups;

/// <summary>
/// Where backups go: named objects that are there wholly or not at all. A folder, or a bucket of an object
/// store. Thread safe.
/// </summary>
public interface IBackupTarget
{
    /// <summary>What it is, for messages; no secrets.</summary>
    string Description { get; }

    /// <summary>Stores an object, replacing one of that key; durable when the task completes.</summary>
    /// <param name="key">Parts of ASCII letters, digits, '_', '-', '.', separated by '/'.</param>
    /// <param name="content">Read from its present position to its end; seekable. Stays the caller's.</param>
    /// <param name="cancellationToken">Gives up; the object is not there then, or the old one is.</param>
    /// <exception cref="IOException">The target failed; the message says where and why.</exception>
    Task PutAsync(string key, Stream content, CancellationToken cancellationToken);

    /// <summary>Stores an object under a key that is to be free; durable when the task completes.</summary>
    /// <param name="key">As for <see cref="PutAsync"/>.</param>
    /// <param name="content">As for <see cref="PutAsync"/>; small.</param>
    /// <param name="cancellationToken">Gives up; the object may be there or not.</param>
    /// <returns>False when the key was taken; then nothing was changed. A store that knows no conditions
    /// replaces what is there.</returns>
    /// <exception cref="IOException">The target failed.</exception>
    Task<bool> TryAddAsync(string key, Stream content, CancellationToken cancellationToken);

    /// <summary>Opens an object for reading; null when there is none. The caller disposes it.</summary>
    /// <exception cref="IOException">The target failed.</exception>
    Task<Stream?> OpenAsync(string key, CancellationToken cancellationToken);

    /// <summary>The objects whose keys start with a folder, in ordinal order of key.</summary>
    /// <param name="folder">One or more parts of a key, without a '/' at the end.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">The target failed.</exception>
    Task<IReadOnlyList<BackupObject>> ListAsync(string folder, CancellationToken cancellationToken);

    /// <summary>Removes an object; does nothing when there is none.</summary>
    /// <exception cref="IOException">The target failed.</exception>
    Task DeleteAsync(string key, CancellationToken cancellationToken);
}
