using Tsdb.Core;
using Tsdb.Protocol.V1;

namespace Tsdb.Client.Calls;

/// <summary>Calls of the query service.</summary>
internal sealed class QueryCalls(Connection connection)
{
    private readonly QueryService.QueryServiceClient _service = new(connection.Invoker);

    public Task<TsdbQueryResult> QueryAsync(
        string sql, IReadOnlyDictionary<string, object?>? parameters, CancellationToken cancellationToken)
    {
        QueryRequest request = RequestOf(sql);
        foreach ((string name, object? value) in parameters ?? new Dictionary<string, object?>())
        {
            request.Params.Add(name, ToWire(name, value));
        }

        return TsdbQueryResult.StartAsync(
            _service.Query(request, connection.CallOf(cancellationToken)),
            connection.Options.MessageSizeBytesMax,
            cancellationToken);
    }

    public async Task<string> ExplainAsync(string sql, CancellationToken cancellationToken)
    {
        ExplainReply reply = await Connection
            .CompleteAsync(_service.ExplainAsync(RequestOf(sql), connection.CallOf(cancellationToken)))
            .ConfigureAwait(false);
        return reply.Plan;
    }

    private QueryRequest RequestOf(string sql) => new() { Sql = sql, Database = connection.Options.Database };

    private static Value ToWire(string name, object? value) => value switch
    {
        null => new Value(),
        double number => new Value { Float64 = number },
        long number => new Value { Int64 = number },
        int number => new Value { Int64 = number },
        bool truth => new Value { Boolean = truth },
        string text => new Value { Text = text },
        Timestamp instant => new Value { TimestampNs = instant.UnixNs },
        DateTimeOffset instant => new Value { TimestampNs = Timestamp.From(instant).UnixNs },
        _ => throw new ArgumentException($"parameter '{name}' is a {value.GetType()}, which is not taken"),
    };
}
