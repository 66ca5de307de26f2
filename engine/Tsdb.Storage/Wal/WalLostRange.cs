namespace Tsdb.Storage.Wal;

/// <summary>LSNs that were durable and cannot be read any more, both ends included.</summary>
internal readonly record struct WalLostRange(ulong FirstLsn, ulong LastLsn)
{
    public override string ToString() => $"LSN {FirstLsn} to {LastLsn}";
}
