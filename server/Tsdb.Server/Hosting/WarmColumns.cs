using Tsdb.Core;
using Tsdb.Engine;
using Tsdb.Query.Arrow.Reading;
using Tsdb.Server.Rpc;

namespace Tsdb.Server.Hosting;

/// <summary>Takes columns as from a numbered stream into the scratch database.</summary>
internal static class WarmColumns
{
    /// <summary>Decodes and stores some batches of rows that no line of the warm-up has.</summary>
    public static async Task StoreAsync(Database database, int round)
    {
        using StreamIntake intake =
            new(database, $"warm-up-{round}", new ArrowSampleOptions(), Durability.Memory);
        ulong sequence = 0;
        await foreach (byte[] message in WarmRecords.WriteAsync())
        {
            using StreamMessage request = new(null, ++sequence, [], message);
            StreamBatch batch = await intake.TakeAsync(request, CancellationToken.None);
            foreach (Task<WriteOutcome> part in batch.Parts)
            {
                await part;
            }
        }
    }
}
