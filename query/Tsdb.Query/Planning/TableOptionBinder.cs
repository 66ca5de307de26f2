using Tsdb.Core;
using Tsdb.Query.Functions;
using Tsdb.Query.Language;

namespace Tsdb.Query.Planning;

/// <summary>The options of WITH and SET, by name.</summary>
internal sealed class TableOptionBinder(SqlSource source, StatementValues values)
{
    private static readonly string[] _names = ["ttl"];

    /// <summary>What is set after the items; what they do not name stays.</summary>
    public TableOptions Bind(IReadOnlyList<OptionItem> items, TableOptions before)
    {
        TableOptions options = before;
        HashSet<string> seen = new(StringComparer.OrdinalIgnoreCase);
        foreach (OptionItem item in items)
        {
            if (!_names.Contains(item.Name.Text, StringComparer.OrdinalIgnoreCase))
            {
                throw source.Error(
                    item.Name.Position,
                    $"unknown option '{item.Name.Text}'",
                    NearestName.Hint(item.Name.Text, _names) ?? $"there is {string.Join(", ", _names)}");
            }

            if (!seen.Add(item.Name.Text))
            {
                throw source.Error(item.Name.Position, $"'{item.Name.Text}' is given twice");
            }

            options = options with { Ttl = BindTtl(item.Value) };
        }

        return options;
    }

    private TimeSpan? BindTtl(Expression value)
    {
        if (value is ColumnExpression { Qualifier: null } word
            && word.Name.Equals("none", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        if (value is not (TextExpression or DurationExpression or NullExpression or ParameterExpression))
        {
            throw Refuse(value);
        }

        CallSite site = new(source, value.Position, "ttl");
        BoundConstant bound = LiteralBinder.Bind(value, source, values);
        if (bound.IsNull)
        {
            return null;
        }

        if (bound.Type is not (ResultType.String or ResultType.Duration))
        {
            throw Refuse(value);
        }

        long ttlNs = (long)((BoundConstant)Coercion.To(site, bound, ResultType.Duration)).Word;
        TimeSpan ttl = TimeSpan.FromTicks(ttlNs / TimeSpan.NanosecondsPerTick);
        return ttl > TimeSpan.Zero
            ? ttl
            : throw source.Error(value.Position, "a ttl is longer than nothing", "'none' keeps all rows");
    }

    private SqlException Refuse(Expression value) => source.Error(
        value.Position, "ttl needs a span of time", "write it as '30d', or NONE to keep all rows");
}
