using System.Globalization;
using Tsdb.Faults;
using Tsdb.Storage;

namespace Tsdb.Query.Tests.Rollups;

/// <summary>
/// The same steps each time: tiers are built, built anew for late rows, for a delete and a merge, and given
/// up. The power goes at a chosen call of one of these builds.
/// </summary>
internal static class RollupCutHistory
{
    public const int BuildCount = 4;

    private const long MinuteNs = 60_000_000_000;
    private const int MinuteCount = 600;

    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(60);

    public static StorageOptions Options { get; } = new()
    {
        ShardCount = 2,
        WalFileSizeBytes = 64 << 10,

        // Only what is asked for is done, so that the calls of a build are its own.
        RollupInterval = TimeSpan.FromDays(1),
        SegmentCountMax = 100,
        LateSegmentCountMax = 100,
        ErasureDeadline = TimeSpan.FromDays(7),
    };

    /// <summary>Cuts the power at a call of a build.</summary>
    /// <param name="device">Empty.</param>
    /// <param name="build">Which build, from 0.</param>
    /// <param name="call">Which call of it, from 1.</param>
    /// <param name="cancellation">Ends the run.</param>
    /// <returns>False when the build has no such call.</returns>
    public static async Task<bool> RunAsync(
        SimulatedStorageDevice device, int build, long call, CancellationToken cancellation)
    {
        RollupDatabase database = new(new PoweredDevice(device), Options, TimeProvider.System);
        for (int i = 0; i < build; i++)
        {
            await PrepareAsync(database, i, cancellation);
            await database.Storage.BuildRollupsAsync(cancellation);
        }

        await PrepareAsync(database, build, cancellation);
        await database.Storage.FlushAsync(cancellation);
        long cut = device.CallCount + call;
        device.FailCall(cut, InjectedFault.PowerCut);
        try
        {
            await database.Storage.BuildRollupsAsync(cancellation).WaitAsync(_deadline, cancellation);
        }
        catch (Exception exception) when (exception is IOException or StorageClosedException)
        {
            // Whoever asked is told; what is there is looked at by those who come after the cut.
        }

        bool isReached = device.CallCount >= cut;
        await database.DisposeAsync().AsTask().WaitAsync(_deadline, cancellation);
        return isReached;
    }

    private static async Task PrepareAsync(
        RollupDatabase database, int build, CancellationToken cancellation)
    {
        switch (build)
        {
            case 0:
                await database.WriteAsync([.. Enumerable.Range(0, MinuteCount).Select(Line)]);
                await database.RunAsync("CREATE ROLLUP ON t EVERY 1h");
                await database.RunAsync("CREATE ROLLUP ON t EVERY 5m FOR (x)");
                break;
            case 1:
                // Some overwrite, some stand between others.
                await database.WriteAsync(
                    [.. Enumerable.Range(0, 20).Select(static i => Late(i * 7 * MinuteNs))]);
                await database.WriteAsync(
                    [.. Enumerable.Range(0, 20).Select(static i => Late((i * 11 * MinuteNs) + 5))]);
                break;
            case 2:
                await database.RunAsync(
                    $"DELETE FROM t WHERE ts >= {60 * MinuteNs} AND ts < {90 * MinuteNs}");
                await database.RunAsync(
                    $"DELETE FROM t WHERE ts >= {200 * MinuteNs} AND ts < {201 * MinuteNs} AND host = 'h1'");
                await database.Storage.CompactAsync(cancellation);

                // What is built anew counts up to a row: a delete alone waits for the next.
                await database.WriteAsync([Line(MinuteCount)]);
                break;
            default:
                await database.RunAsync("DROP ROLLUP ON t EVERY 1h");
                await database.RunAsync("CREATE ROLLUP ON t EVERY 1d");
                await database.RunAsync("CREATE ROLLUP ON t EVERY 1h FOR (n, x)");
                break;
        }
    }

    private static string Line(int minute)
    {
        string x = (minute * 37 % 101 / 4.0).ToString(CultureInfo.InvariantCulture);
        return $"t,host=h{minute % 3} x={x},n={minute * 7919L % 1000 - 500}i {minute * MinuteNs}";
    }

    private static string Late(long timestampNs) =>
        $"t,host=h{timestampNs / MinuteNs % 3} x={timestampNs / MinuteNs % 13} {timestampNs}";
}
