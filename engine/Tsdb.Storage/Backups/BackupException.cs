namespace Tsdb.Storage.Backups;

/// <summary>A snapshot, a backup or a restore was not done, or one is not sound.</summary>
/// <param name="fault">Why.</param>
/// <param name="place">The file, object or name that it is about.</param>
/// <param name="message">For the operator: what is wrong, where, and what was expected.</param>
/// <param name="inner">What went wrong underneath, if anything.</param>
public sealed class BackupException(
    BackupFault fault, string place, string message, Exception? inner = null)
    : IOException(message, inner)
{
    /// <summary>Why.</summary>
    public BackupFault Fault { get; } = fault;

    /// <summary>The file, object or name that it is about.</summary>
    public string Place { get; } = place;
}
