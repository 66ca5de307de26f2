namespace Tsdb.Storage.Wal;

/// <summary>What a replay does when frames that were durable cannot be read.</summary>
internal enum WalDamagePolicy
{
    /// <summary>Throws <see cref="WalCorruptException"/>. Nothing on the device changes.</summary>
    Refuse,

    /// <summary>
    /// Reports the lost range, goes on behind it, and sets the damaged file aside once its other frames are
    /// flushed. For an operator who has decided to lose the range.
    /// </summary>
    SkipLostRange,
}
