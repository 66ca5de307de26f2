using Tsdb.Core;
using Tsdb.Engine;
using Tsdb.Ingest.Parse;
using Tsdb.Storage;

namespace Tsdb.Server.Hosting;

/// <summary>Takes rows into a scratch database and to its segments.</summary>
internal static class WarmStore
{
    private const string FolderName = ".warm-up"; // No database can have this name.

    // It writes a tenth of it; on a device as full as that, this room is others'.
    private const long FreeSizeBytesMin = 64L << 20;

    // So often that a series' rows fill chunks.
    private const int RegularPieceCount = 50;

    /// <summary>Writes and flushes; the scratch database is gone afterwards. Writes nothing where the device
    /// is nearly full.</summary>
    public static async Task RunAsync(string dataDirectory, TimeProvider clock)
    {
        string folder = Path.Combine(dataDirectory, FolderName);
        RemoveFolder(folder); // A crash may have left it.
        if (!HasRoom(new DriveInfo(Path.GetFullPath(dataDirectory)).AvailableFreeSpace))
        {
            return;
        }

        try
        {
            DatabaseOptions options = new()
            {
                DataDirectory = folder,
                Storage = Storage,
            };
            await using TsdbEngine engine = await TsdbEngine.OpenAsync(options, clock);
            Database database = engine.GetOrCreate(DatabaseOptions.DefaultDatabase);
            byte[] lines = WarmLines.WriteMixed();
            for (int round = 0; round < 2; round++)
            {
                using LineWrite write =
                    database.Writes.BeginLines(TimestampPrecision.Nanosecond, Durability.Fsync);
                await write.AppendAsync(lines, CancellationToken.None);
                await write.AppendAsync(lines, CancellationToken.None);
                await write.CommitAsync(CancellationToken.None);
                await StoreRegularAsync(database, round);
                await WarmColumns.StoreAsync(database, round);
                await database.FlushAsync(CancellationToken.None);
            }
        }
        finally
        {
            RemoveFolder(folder);
        }
    }

    /// <summary>Of the scratch database. It keeps no reserve: its files go at once.</summary>
    internal static StorageOptions Storage { get; } = new()
    {
        WalFileSizeBytes = 1 << 20,
        WalSizeBytesMax = 1 << 22,
        DiskReserveSizeBytes = 0,
        BallastSizeBytes = 0,
    };

    /// <summary>Whether the device has room for it.</summary>
    internal static bool HasRoom(long freeSizeBytes) => freeSizeBytes >= FreeSizeBytesMin;

    /// <summary>Rows that all have the same columns, few of a series at a time, a piece late now and then:
    /// what most senders send. One sync for all.</summary>
    private static async Task StoreRegularAsync(Database database, int round)
    {
        using LineWrite write = database.Writes.BeginLines(TimestampPrecision.Nanosecond, Durability.Memory);
        for (int piece = 0; piece < RegularPieceCount; piece++)
        {
            int place = (round * RegularPieceCount) + (piece % 8 == 0 ? piece + 1 : piece);
            await write.AppendAsync(WarmLines.WriteRegular(place), CancellationToken.None);
        }

        await write.CommitAsync(CancellationToken.None);
    }

    private static void RemoveFolder(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
