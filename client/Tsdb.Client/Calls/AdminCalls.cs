using Tsdb.Protocol.V1;

namespace Tsdb.Client.Calls;

/// <summary>Calls of the admin service.</summary>
internal sealed class AdminCalls(Connection connection)
{
    private readonly AdminService.AdminServiceClient _service = new(connection.Invoker);

    public Task FlushAsync(CancellationToken cancellationToken) =>
        Connection.CompleteAsync(_service.FlushAsync(
            new FlushRequest { Database = connection.Options.Database },
            connection.CallOf(cancellationToken)));

    public Task CompactAsync(CancellationToken cancellationToken) =>
        Connection.CompleteAsync(_service.CompactAsync(
            new CompactRequest { Database = connection.Options.Database },
            connection.CallOf(cancellationToken)));

    public async Task<IReadOnlyDictionary<string, IReadOnlyDictionary<string, long>>> GetStatisticsAsync(
        CancellationToken cancellationToken)
    {
        StatsRequest request = new() { Database = connection.Options.Database };
        StatsReply reply = await Connection
            .CompleteAsync(_service.StatsAsync(request, connection.CallOf(cancellationToken)))
            .ConfigureAwait(false);
        return reply.Databases.ToDictionary(
            static database => database.Name,
            static database =>
                (IReadOnlyDictionary<string, long>)database.Counters.ToDictionary(StringComparer.Ordinal),
            StringComparer.Ordinal);
    }
}
