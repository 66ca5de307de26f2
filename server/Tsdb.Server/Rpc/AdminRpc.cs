using Grpc.Core;
using Tsdb.Engine;
using Tsdb.Protocol.V1;
using Tsdb.Server.Backups;
using Tsdb.Server.Hosting;
using Tsdb.Server.Telemetry;

namespace Tsdb.Server.Rpc;

/// <summary>What an operator asks of a running server.</summary>
internal sealed class AdminRpc(EngineHost host, BackupPlaces places) : AdminService.AdminServiceBase
{
    public override async Task<FlushReply> Flush(FlushRequest request, ServerCallContext context)
    {
        foreach (Database database in host.FindAll(request.Database))
        {
            await database.FlushAsync(context.CancellationToken);
        }

        return new FlushReply();
    }

    public override async Task<CompactReply> Compact(CompactRequest request, ServerCallContext context)
    {
        foreach (Database database in host.FindAll(request.Database))
        {
            await database.CompactAsync(context.CancellationToken);
        }

        return new CompactReply();
    }

    public override Task<StatsReply> Stats(StatsRequest request, ServerCallContext context)
    {
        StatsReply reply = new()
        {
            Version = ProductVersion.Text,
            UptimeMs = (long)host.Uptime.TotalMilliseconds,
        };
        foreach (Database database in host.FindAll(request.Database))
        {
            DatabaseStats statistics = new() { Name = database.Name };
            foreach ((string name, long value) in StorageMetrics.ToCounters(database.Storage.GetStatistics()))
            {
                statistics.Counters.Add(name, value);
            }

            reply.Databases.Add(statistics);
        }

        return Task.FromResult(reply);
    }

    public override async Task<Snapshot> CreateSnapshot(
        CreateSnapshotRequest request, ServerCallContext context)
    {
        Database database = host.Find(request.Database);
        return BackupMessages.ToMessage(
            database, await database.Snapshots.CreateAsync(request.Name, null, context.CancellationToken));
    }

    public override Task<ListSnapshotsReply> ListSnapshots(
        ListSnapshotsRequest request, ServerCallContext context) =>
        Task.FromResult(BackupMessages.ToReply(host.Find(request.Database)));

    public override Task<DeleteSnapshotReply> DeleteSnapshot(
        DeleteSnapshotRequest request, ServerCallContext context)
    {
        host.Find(request.Database).Snapshots.Delete(request.Name);
        return Task.FromResult(new DeleteSnapshotReply());
    }

    public override Task Backup(
        BackupRequest request, IServerStreamWriter<BackupEvent> responseStream, ServerCallContext context) =>
        new BackupCall(host.Find(request.Database), places)
            .RunAsync(request, responseStream, context.CancellationToken);
}
