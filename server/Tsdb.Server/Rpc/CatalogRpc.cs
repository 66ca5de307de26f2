using Grpc.Core;
using Tsdb.Core;
using Tsdb.Engine;
using Tsdb.Protocol.V1;
using Tsdb.Server.Faults;
using Tsdb.Server.Hosting;
using Tsdb.Storage;

namespace Tsdb.Server.Rpc;

/// <summary>What is in the databases, from the catalogue and the tag index alone.</summary>
internal sealed class CatalogRpc(EngineHost host) : CatalogService.CatalogServiceBase
{
    private const int ValueCountDefault = 1000;

    public override Task<ListDatabasesReply> ListDatabases(
        ListDatabasesRequest request, ServerCallContext context)
    {
        ListDatabasesReply reply = new();
        reply.Databases.AddRange(host.Engine.Databases.Select(static database => database.Name));
        return Task.FromResult(reply);
    }

    public override Task<ListTablesReply> ListTables(ListTablesRequest request, ServerCallContext context)
    {
        ListTablesReply reply = new();
        reply.Tables.AddRange(host.Find(request.Database).Storage.Catalog.Tables
            .Select(static table => table.Name)
            .Order(StringComparer.Ordinal));
        return Task.FromResult(reply);
    }

    public override Task<DescribeTableReply> DescribeTable(
        DescribeTableRequest request, ServerCallContext context)
    {
        (Catalog catalog, TableSchema table) = Find(request.Database, request.Table);
        DescribeTableReply reply = new() { SeriesCount = catalog.GetTags(table).SeriesCount };
        reply.TagKeys.AddRange(table.TagKeys);
        reply.Columns.AddRange(table.Columns.Select(
            static column => new TableColumn { Name = column.Name, Type = NameOf(column.Type) }));
        return Task.FromResult(reply);
    }

    public override Task<TagKeysReply> TagKeys(TagKeysRequest request, ServerCallContext context)
    {
        TagKeysReply reply = new();
        reply.Keys.AddRange(Find(request.Database, request.Table).Table.TagKeys);
        return Task.FromResult(reply);
    }

    public override Task<TagValuesReply> TagValues(TagValuesRequest request, ServerCallContext context)
    {
        (Catalog catalog, TableSchema table) = Find(request.Database, request.Table);
        TagIndex tags = catalog.GetTags(table);
        int key = tags.FindTagKey(request.Key);
        if (key < 0)
        {
            throw new RequestFaultException(
                FaultKind.NotFound, $"table '{table.Name}' has no tag '{request.Key}'");
        }

        int countMax = request.Limit > 0 ? request.Limit : ValueCountDefault;
        string[] values =
        [
            .. Enumerable.Range(0, tags.GetValueCount(key))
                .Select(value => tags.GetValue(key, value))
                .Where(value => value.StartsWith(request.Prefix, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal),
        ];
        TagValuesReply reply = new() { Truncated = values.Length > countMax };
        reply.Values.AddRange(values.Take(countMax));
        return Task.FromResult(reply);
    }

    private (Catalog Catalog, TableSchema Table) Find(string database, string table)
    {
        Database found = host.Find(database);
        return found.Storage.Catalog.TryGetTable(table, out TableSchema? schema)
            ? (found.Storage.Catalog, schema)
            : throw new RequestFaultException(
                FaultKind.NotFound, $"database '{found.Name}' has no table '{table}'");
    }

    private static string NameOf(ColumnType type) => type switch
    {
        ColumnType.Float64 => "float64",
        ColumnType.Int64 => "int64",
        ColumnType.Bool => "bool",
        ColumnType.String => "string",
        _ => "timestamp",
    };
}
