using System.Numerics;
using DuckDB.NET.Data;
using Tsdb.Bench.Workload.Generation;

namespace Tsdb.Bench.Workload.Queries;

/// <summary>The workload in DuckDB, in memory and in this process: an engine of other people to ask the
/// same.</summary>
internal sealed class DuckDatabase : IDisposable
{
    private readonly DuckDBConnection _connection = new("DataSource=:memory:");

    public DuckDatabase()
    {
        _connection.Open();
        Execute($"SET threads = {Environment.ProcessorCount}");
    }

    public void Load(CpuHosts hosts)
    {
        string tags = string.Join(", ", CpuHosts.TagKeys.Select(key => $"{key} VARCHAR"));
        string fields = string.Join(", ", CpuHosts.Fields.Select(field => $"{field} BIGINT"));
        Execute($"CREATE TABLE cpu (ts TIMESTAMP, {tags}, {fields})");
        using DuckDBAppender appender = _connection.CreateAppender("cpu");
        hosts.Generate((host, timestampNs, values) =>
        {
            IDuckDBAppenderRow row = appender.CreateRow();
            row.AppendValue(DateTime.UnixEpoch.AddTicks(timestampNs / 100));
            foreach (string tag in hosts.Tags[host])
            {
                row.AppendValue(tag);
            }

            foreach (long value in values)
            {
                row.AppendValue(value);
            }

            row.EndRow();
        });
    }

    public void Load(MixedSensors sensors)
    {
        string tags = string.Join(", ", MixedSensors.TagKeys.Select(key => $"{key} VARCHAR"));
        Execute($"CREATE TABLE sensors (ts TIMESTAMP, {tags}, value DOUBLE)");
        using DuckDBAppender appender = _connection.CreateAppender("sensors");
        sensors.Generate((sensor, timestampMs, value) =>
        {
            IDuckDBAppenderRow row = appender.CreateRow();
            row.AppendValue(DateTime.UnixEpoch.AddMilliseconds(timestampMs));
            foreach (string tag in sensors.Tags[sensor])
            {
                row.AppendValue(tag);
            }

            row.AppendValue(value);
            row.EndRow();
        });
    }

    public Answer Query(string sql)
    {
        using DuckDBCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        using DuckDBDataReader reader = command.ExecuteReader();
        string[] columns = Enumerable.Range(0, reader.FieldCount).Select(reader.GetName).ToArray();
        List<object?[]> rows = [];
        object[] cells = new object[columns.Length];
        while (reader.Read())
        {
            reader.GetValues(cells);
            rows.Add(Array.ConvertAll(cells, Normalize));
        }

        return new Answer(columns, rows);
    }

    /// <summary>Runs a query to its end inside the engine, without making rows of it: for timing.</summary>
    public void Drain(string sql) => Execute($"CREATE OR REPLACE TEMP TABLE drained AS {sql}");

    public void Dispose() => _connection.Dispose();

    private void Execute(string sql)
    {
        using DuckDBCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static object? Normalize(object cell) => cell switch
    {
        DBNull => null,
        DateTime time => Instant.Of(time),
        BigInteger big => (long)big,
        int number => (long)number,
        _ => cell,
    };
}
