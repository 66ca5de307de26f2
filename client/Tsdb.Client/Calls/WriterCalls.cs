using Tsdb.Client.Writing;
using Tsdb.Protocol.V1;

namespace Tsdb.Client.Calls;

/// <summary>Opens writers of columns.</summary>
internal sealed class WriterCalls(Connection connection)
{
    private readonly IngestService.IngestServiceClient _service = new(connection.Invoker);

    public async Task<TsdbWriter> OpenAsync(
        TsdbWriterSchema schema, TsdbWriterOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.WindowCount, 1);
        StreamOpen open = new()
        {
            StreamId = options.StreamId ?? "",
            Target = new ArrowTarget
            {
                Database = connection.Options.Database,
                Durability = IngestCalls.ToWire(connection.Options.Durability),
            },
        };
        SeriesTexts series = new(schema.Tags);
#pragma warning disable CA2000 // The writer's, who disposes it.
        StreamPump pump = new(_service, open, options, series);
#pragma warning restore CA2000
        try
        {
            await pump.StartAsync(cancellationToken).ConfigureAwait(false);
            return new TsdbWriter(schema, series, pump);
        }
        catch
        {
            await pump.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
