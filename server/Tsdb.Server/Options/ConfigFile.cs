using System.Text.Json;
using System.Text.Json.Serialization;
using Tsdb.Storage;

namespace Tsdb.Server.Options;

/// <summary>
/// The JSON file that <c>--config</c> names. What the command line says too, the command line decides.
/// </summary>
internal sealed record ConfigFile
{
    private static readonly JsonSerializerOptions _json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    public string? Data { get; init; }

    public string? Bind { get; init; }

    public int? HttpPort { get; init; }

    public int? GrpcPort { get; init; }

    public int? IlpPort { get; init; }

    public int? IlpConnectionCountMax { get; init; }

    public int? HttpConnectionCountMax { get; init; }

    public string? MemoryLimit { get; init; }

    public long? WriteSizeBytesMax { get; init; }

    public int? MessageSizeBytesMax { get; init; }

    public int? ArrowBodySizeBytesMax { get; init; }

    public long? ArrowDictionarySizeBytesMax { get; init; }

    public int? StreamWindowCountMax { get; init; }

    public long? QueryMemoryBytesMax { get; init; }

    public long? MemtableSizeBytesMax { get; init; }

    public long? MemtableCellCountMax { get; init; }

    public long? WalSizeBytesMax { get; init; }

    public double? ReplayWaitSecondsMax { get; init; }

    public long? QueryRowCountMax { get; init; }

    public double? QuerySecondsMax { get; init; }

    public bool? WarmsUp { get; init; }

    public bool? QueriesAreReadOnly { get; init; }

    public string? BackupRoot { get; init; }

    public string? ArchiveTo { get; init; }

    public long? UnarchivedLogSizeBytesMax { get; init; }

    public double? ArchiveSecondsMax { get; init; }

    public int? WalFileSizeBytes { get; init; }

    public long? CompactionSizeBytesPerSecondMax { get; init; }

    public long? ScrubSizeBytesPerSecondMax { get; init; }

    public double? ScrubPeriodSeconds { get; init; }

    public int? LateSegmentCountMax { get; init; }

    public int? SegmentCountMax { get; init; }

    public double? ErasureDeadlineSeconds { get; init; }

    public double? ClockToleranceSeconds { get; init; }

    public int? PendingDeleteCountMax { get; init; }

    public long? DiskReserveSizeBytes { get; init; }

    public long? BallastSizeBytes { get; init; }

    public int? TableCountMax { get; init; }

    public int? ColumnCountMax { get; init; }

    public int? TagKeyCountMax { get; init; }

    public int? SeriesCountMax { get; init; }

    public int? TableSeriesCountMax { get; init; }

    public int? TagValueCountMax { get; init; }

    public int? CommitQueueCountMax { get; init; }

    public long? CommitQueueSizeBytesMax { get; init; }

    public double? RollupSeconds { get; init; }

    public int? RollupCountMax { get; init; }

    public bool? UsesRollups { get; init; }

    /// <exception cref="ServerOptionsException">The file cannot be read, or holds what is no
    /// option.</exception>
    public static ConfigFile Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<ConfigFile>(File.ReadAllBytes(path), _json) ?? new ConfigFile();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new ServerOptionsException($"--config {path}: {fault.Message}", fault);
        }
    }

    public ServerOptions ToOptions(string? dataDirectory)
    {
        ServerOptions defaults = WithListeners(new() { DataDirectory = dataDirectory ?? Data ?? "" });
        return defaults with
        {
            MemoryLimitBytes = MemoryLimit is null ? null : ServerOptionsCheck.ReadMemoryLimit(MemoryLimit),
            WriteSizeBytesMax = WriteSizeBytesMax ?? defaults.WriteSizeBytesMax,
            MessageSizeBytesMax = MessageSizeBytesMax ?? defaults.MessageSizeBytesMax,
            ArrowBodySizeBytesMax = ArrowBodySizeBytesMax ?? defaults.ArrowBodySizeBytesMax,
            ArrowDictionarySizeBytesMax = ArrowDictionarySizeBytesMax ?? defaults.ArrowDictionarySizeBytesMax,
            StreamWindowCountMax = StreamWindowCountMax ?? defaults.StreamWindowCountMax,
            MemtableSizeBytesMax = MemtableSizeBytesMax,
            MemtableCellCountMax = MemtableCellCountMax,
            WalSizeBytesMax = WalSizeBytesMax,
            QueryMemoryBytesMax = QueryMemoryBytesMax ?? defaults.QueryMemoryBytesMax,
            QueryRowCountMax = QueryRowCountMax,
            QueryDurationMax = QueryDurationMax,
            WarmsUp = WarmsUp ?? defaults.WarmsUp,
            QueriesAreReadOnly = QueriesAreReadOnly ?? defaults.QueriesAreReadOnly,
            UsesRollups = UsesRollups ?? defaults.UsesRollups,
            BackupRoot = BackupRoot,
            ArchiveTo = ArchiveTo,
            UnarchivedLogSizeBytesMax = UnarchivedLogSizeBytesMax ?? defaults.UnarchivedLogSizeBytesMax,
            ArchiveInterval = ArchiveSecondsMax is { } pause
                ? TimeSpan.FromSeconds(pause)
                : defaults.ArchiveInterval,
            Storage = ToStorage(defaults.Storage),
        };
    }

    private ServerOptions WithListeners(ServerOptions defaults) => defaults with
    {
        Bind = Bind ?? defaults.Bind,
        HttpPort = HttpPort ?? defaults.HttpPort,
        GrpcPort = GrpcPort ?? defaults.GrpcPort,
        IlpPort = IlpPort ?? defaults.IlpPort,
        HttpConnectionCountMax = HttpConnectionCountMax ?? defaults.HttpConnectionCountMax,
        IlpConnectionCountMax = IlpConnectionCountMax ?? defaults.IlpConnectionCountMax,
    };

    private TimeSpan? QueryDurationMax =>
        QuerySecondsMax is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    private StorageOptions ToStorage(StorageOptions defaults) => defaults with
    {
        WalFileSizeBytes = WalFileSizeBytes ?? defaults.WalFileSizeBytes,
        CompactionSizeBytesPerSecondMax =
            CompactionSizeBytesPerSecondMax ?? defaults.CompactionSizeBytesPerSecondMax,
        ScrubSizeBytesPerSecondMax = ScrubSizeBytesPerSecondMax ?? defaults.ScrubSizeBytesPerSecondMax,
        ScrubPeriod = ServerOptionsCheck.ReadSeconds(
            "scrubPeriodSeconds", ScrubPeriodSeconds, defaults.ScrubPeriod),
        LateSegmentCountMax = LateSegmentCountMax ?? defaults.LateSegmentCountMax,
        SegmentCountMax = SegmentCountMax ?? defaults.SegmentCountMax,
        ErasureDeadline = ServerOptionsCheck.ReadSeconds(
            "erasureDeadlineSeconds", ErasureDeadlineSeconds, defaults.ErasureDeadline),
        ClockTolerance = ServerOptionsCheck.ReadSeconds(
            "clockToleranceSeconds", ClockToleranceSeconds, defaults.ClockTolerance),
        PendingDeleteCountMax = PendingDeleteCountMax ?? defaults.PendingDeleteCountMax,
        DiskReserveSizeBytes = DiskReserveSizeBytes,
        BallastSizeBytes = BallastSizeBytes ?? defaults.BallastSizeBytes,
        ReplayWaitMax = ServerOptionsCheck.ReadSeconds(
            "replayWaitSecondsMax", ReplayWaitSecondsMax, defaults.ReplayWaitMax),
        TableCountMax = TableCountMax ?? defaults.TableCountMax,
        ColumnCountMax = ColumnCountMax ?? defaults.ColumnCountMax,
        TagKeyCountMax = TagKeyCountMax ?? defaults.TagKeyCountMax,
        SeriesCountMax = SeriesCountMax ?? defaults.SeriesCountMax,
        TableSeriesCountMax = TableSeriesCountMax ?? defaults.TableSeriesCountMax,
        TagValueCountMax = TagValueCountMax ?? defaults.TagValueCountMax,
        CommitQueueCountMax = CommitQueueCountMax ?? defaults.CommitQueueCountMax,
        CommitQueueSizeBytesMax = CommitQueueSizeBytesMax ?? defaults.CommitQueueSizeBytesMax,
        RollupInterval = ServerOptionsCheck.ReadSeconds(
            "rollupSeconds", RollupSeconds, defaults.RollupInterval),
        RollupCountMax = RollupCountMax ?? defaults.RollupCountMax,
    };
}
