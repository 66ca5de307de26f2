using Tsdb.Core;
using Tsdb.Query.Operators;
using Tsdb.Query.Planning;

namespace Tsdb.Query;

/// <summary>EXPLAIN: the plan's lines as rows.</summary>
internal static class Explanation
{
    public static QueryResult Of(SelectPlan plan, QueryContext context)
    {
        ResultColumn[] schema = [new("plan", ResultType.String)];
        List<object[]> rows = [];
        foreach (string line in PlanText.Describe(plan))
        {
            rows.Add([line]);
        }

        return new QueryResult(schema, new ListSource(context, [ResultType.String], rows), context);
    }
}
