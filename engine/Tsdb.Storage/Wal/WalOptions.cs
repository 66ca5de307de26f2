using Tsdb.Core;

namespace Tsdb.Storage.Wal;

/// <summary>How one lane of the log is kept. Immutable; checked when made.</summary>
internal sealed record WalOptions
{
    private const int FileSizeBytesDefault = 64 << 20;

    private readonly int _fileSizeBytes = FileSizeBytesDefault;

    /// <summary>The database the log belongs to. A file of another one is never read.</summary>
    public required Guid DatabaseUuid { get; init; }

    /// <summary>The lane's directory.</summary>
    public string Directory { get; init; } = "wal";

    /// <summary>The lane's number.</summary>
    public ushort Lane { get; init; }

    /// <summary>Size of a log file: a multiple of 4096, at least three units.</summary>
    public int FileSizeBytes
    {
        get => _fileSizeBytes;
        init
        {
            Invariant.Holds(value >= 3 * WalFrame.UnitSizeBytes);
            Invariant.Holds(value % WalFrame.UnitSizeBytes == 0);
            _fileSizeBytes = value;
        }
    }

    /// <summary>How many written-off files are kept for reuse.</summary>
    public int SpareFileCountMax { get; init; } = 8;

    /// <summary>Most bytes of flushed files that are kept until the archive has them; null where there is no
    /// archive.</summary>
    public long? HeldSizeBytesMax { get; init; }

    /// <summary>What a replay does when durable frames are gone.</summary>
    public WalDamagePolicy DamagePolicy { get; init; }
}
