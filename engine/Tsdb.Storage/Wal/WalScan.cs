namespace Tsdb.Storage.Wal;

/// <summary>What sound frames stand behind a bad one.</summary>
internal readonly record struct WalScan(WalFrame? Next, long NextOffsetBytes, ulong KnownDurableLsn)
{
    public WalScan With(in WalFrame frame, long offsetBytes, ulong aboveLsn)
    {
        ulong known = Math.Max(KnownDurableLsn, frame.KnownDurableLsn);
        return Next is null && frame.Lsn > aboveLsn
            ? new WalScan(frame, offsetBytes, known)
            : this with { KnownDurableLsn = known };
    }
}
