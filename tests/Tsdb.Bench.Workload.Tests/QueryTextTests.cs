using Tsdb.Bench.Workload.Generation;
using Tsdb.Bench.Workload.Queries;

namespace Tsdb.Bench.Workload.Tests;

/// <summary>The reference engine understands each question, and the questions have answers worth
/// comparing.</summary>
public sealed class QueryTextTests
{
    [Fact]
    public void Cpu_queries_run_in_DuckDB()
    {
        using DuckDatabase duck = new();
        duck.Load(new CpuHosts(hostCount: 40, stepCount: 648));
        foreach (WorkloadQuery query in CpuQueries.Create(hostCount: 40))
        {
            Assert.True(duck.Query(query.DuckSql).Rows.Count > 0 || query.Name == "high-cpu-1*", query.Name);
        }
    }

    [Fact]
    public void Sensor_queries_run_in_DuckDB()
    {
        using DuckDatabase duck = new();
        duck.Load(new MixedSensors(sensorCount: 10, secondCount: 5000, latePercent: 0));
        foreach (WorkloadQuery query in SensorQueries.Create(sensorCount: 10))
        {
            Assert.True(duck.Query(query.DuckSql).Rows.Count > 0, query.Name);
        }
    }
}
