using Tsdb.Protocol.V1;

namespace Tsdb.Client.Calls;

/// <summary>Calls of the catalogue service.</summary>
internal sealed class CatalogCalls(Connection connection)
{
    private readonly CatalogService.CatalogServiceClient _service = new(connection.Invoker);

    public async Task<IReadOnlyList<string>> ListDatabasesAsync(CancellationToken cancellationToken)
    {
        ListDatabasesReply reply = await Connection
            .CompleteAsync(_service.ListDatabasesAsync(
                new ListDatabasesRequest(), connection.CallOf(cancellationToken)))
            .ConfigureAwait(false);
        return reply.Databases;
    }

    public async Task<IReadOnlyList<string>> ListTablesAsync(CancellationToken cancellationToken)
    {
        ListTablesRequest request = new() { Database = connection.Options.Database };
        ListTablesReply reply = await Connection
            .CompleteAsync(_service.ListTablesAsync(request, connection.CallOf(cancellationToken)))
            .ConfigureAwait(false);
        return reply.Tables;
    }

    public async Task<TsdbTable> DescribeTableAsync(string table, CancellationToken cancellationToken)
    {
        DescribeTableRequest request = new() { Database = connection.Options.Database, Table = table };
        DescribeTableReply reply = await Connection
            .CompleteAsync(_service.DescribeTableAsync(request, connection.CallOf(cancellationToken)))
            .ConfigureAwait(false);
        return new TsdbTable(
            table,
            reply.TagKeys,
            [.. reply.Columns.Select(static column => KeyValuePair.Create(column.Name, column.Type))],
            reply.SeriesCount);
    }

    public async Task<IReadOnlyList<string>> ListTagValuesAsync(
        string table, string key, string prefix, CancellationToken cancellationToken)
    {
        TagValuesRequest request = new()
        {
            Database = connection.Options.Database,
            Table = table,
            Key = key,
            Prefix = prefix,
        };
        TagValuesReply reply = await Connection
            .CompleteAsync(_service.TagValuesAsync(request, connection.CallOf(cancellationToken)))
            .ConfigureAwait(false);
        return reply.Values;
    }
}
