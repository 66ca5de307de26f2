using System.Threading.Channels;
using Grpc.Core;
using Tsdb.Engine;
using Tsdb.Protocol.V1;
using Tsdb.Server.Backups;
using Tsdb.Server.Faults;
using Tsdb.Storage.Backups;

namespace Tsdb.Server.Rpc;

/// <summary>One call that makes a backup, with its progress as a stream.</summary>
internal sealed class BackupCall(Database database, BackupPlaces places)
{
    // A slow reader of the progress loses steps, and holds nothing up.
    private const int StepCountMax = 64;

    /// <summary>Sends the backup; writes its steps, and at last what it holds.</summary>
    public async Task RunAsync(
        BackupRequest request,
        IServerStreamWriter<BackupEvent> events,
        CancellationToken cancellation)
    {
        if (request.KeepCount < 0)
        {
            throw new RequestFaultException(
                FaultKind.Invalid, $"keep_count: {request.KeepCount} must not be negative");
        }

        BackupOrder order = new()
        {
            KeepCount = request.KeepCount == 0 ? null : request.KeepCount,
            Verifies = request.Verifies,
        };
        IBackupTarget target = places.Open(request.Target);
        using IDisposable? owned = target as IDisposable;
        Channel<BackupEvent> steps = Channel.CreateBounded<BackupEvent>(
            new BoundedChannelOptions(StepCountMax) { FullMode = BoundedChannelFullMode.DropOldest });
        Task<BackupOutcome> run = SendAsync(target, order, steps.Writer, cancellation);
        try
        {
            await foreach (BackupEvent step in steps.Reader.ReadAllAsync(cancellation))
            {
                await events.WriteAsync(step, cancellation);
            }
        }
        finally
        {
            // The target is in use until then.
            await ((Task)run).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await events.WriteAsync(BackupMessages.ToMessage(await run), cancellation);
    }

    private async Task<BackupOutcome> SendAsync(
        IBackupTarget target,
        BackupOrder order,
        ChannelWriter<BackupEvent> steps,
        CancellationToken cancellation)
    {
        try
        {
            return await database.Backups.RunAsync(
                target,
                order,
                (phase, progress) => steps.TryWrite(BackupMessages.ToMessage(phase, progress)),
                cancellation);
        }
        finally
        {
            steps.Complete();
        }
    }
}
