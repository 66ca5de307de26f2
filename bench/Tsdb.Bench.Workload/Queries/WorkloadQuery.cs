namespace Tsdb.Bench.Workload.Queries;

/// <summary>One question, in our SQL and in DuckDB's. The same text where both understand it.</summary>
internal sealed record WorkloadQuery(string Name, string Sql, string DuckSql)
{
    public WorkloadQuery(string name, string sql)
        : this(name, sql, sql)
    {
    }
}
