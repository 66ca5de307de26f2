using Tsdb.Core;
using Tsdb.Query.Operators;
using Tsdb.Query.Planning;
using Tsdb.Query.Planning.Rollups;
using Tsdb.Storage;

namespace Tsdb.Query;

/// <summary>EXPLAIN: the plan's lines as rows.</summary>
internal static class Explanation
{
    public static QueryResult Of(SelectPlan plan, StorageSnapshot snapshot, QueryContext context)
    {
        ResultColumn[] schema = [new("plan", ResultType.String)];
        List<object[]> rows = [];
        foreach (string line in PlanText.Describe(plan))
        {
            rows.Add([line]);
        }

        if (RollupText.Describe(plan, snapshot, context) is { } rollup)
        {
            rows.Add([rollup]);
        }

        return new QueryResult(schema, new ListSource(context, [ResultType.String], rows), context);
    }
}
