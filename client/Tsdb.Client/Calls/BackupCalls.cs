using Grpc.Core;
using Tsdb.Protocol.V1;

namespace Tsdb.Client.Calls;

/// <summary>Calls of the admin service about snapshots and backups.</summary>
internal sealed class BackupCalls(Connection connection)
{
    private readonly AdminService.AdminServiceClient _service = new(connection.Invoker);

    public async Task<TsdbSnapshot> CreateSnapshotAsync(string name, CancellationToken cancellationToken)
    {
        CreateSnapshotRequest request = new() { Database = connection.Options.Database, Name = name };
        return BackupReplies.ToSnapshot(await Connection
            .CompleteAsync(_service.CreateSnapshotAsync(request, connection.CallOf(cancellationToken)))
            .ConfigureAwait(false));
    }

    public async Task<IReadOnlyList<TsdbSnapshot>> ListSnapshotsAsync(CancellationToken cancellationToken)
    {
        ListSnapshotsRequest request = new() { Database = connection.Options.Database };
        ListSnapshotsReply reply = await Connection
            .CompleteAsync(_service.ListSnapshotsAsync(request, connection.CallOf(cancellationToken)))
            .ConfigureAwait(false);
        return [.. reply.Snapshots.Select(BackupReplies.ToSnapshot)];
    }

    public Task DeleteSnapshotAsync(string name, CancellationToken cancellationToken) =>
        Connection.CompleteAsync(_service.DeleteSnapshotAsync(
            new DeleteSnapshotRequest { Database = connection.Options.Database, Name = name },
            connection.CallOf(cancellationToken)));

    public async Task<TsdbBackup> BackUpAsync(
        string target, TsdbBackupOptions options, CancellationToken cancellationToken)
    {
        BackupRequest request = new()
        {
            Database = connection.Options.Database,
            Target = target,
            KeepCount = options.KeepCount ?? 0,
            Verifies = options.Verifies,
        };
        try
        {
            using AsyncServerStreamingCall<BackupEvent> call =
                _service.Backup(request, connection.CallOf(cancellationToken));
            while (await call.ResponseStream.MoveNext(cancellationToken).ConfigureAwait(false))
            {
                BackupEvent news = call.ResponseStream.Current;
                if (news.EventCase == BackupEvent.EventOneofCase.Done)
                {
                    return BackupReplies.ToBackup(news.Done);
                }

                options.OnStep?.Invoke(new TsdbBackupStep(
                    news.Step.Phase, news.Step.DoneCount, news.Step.TotalCount, news.Step.MovedSizeBytes));
            }
        }
        catch (RpcException fault)
        {
            throw RpcErrors.Translate(fault);
        }

        throw RpcErrors.EndedEarly();
    }
}
