namespace Tsdb.Query.Language;

/// <summary>Words that cannot be names unless quoted, because a clause or an operator may stand
/// there.</summary>
internal static class ReservedWords
{
    private static readonly HashSet<string> _words = new(StringComparer.OrdinalIgnoreCase)
    {
        "ALIGN", "ALL", "AND", "AS", "ASC", "ASOF", "BETWEEN", "CASE", "CAST", "CROSS", "DESC", "DISTINCT",
        "ELSE", "END", "EXCEPT", "FALSE", "FILL", "FROM", "FULL", "GROUP", "HAVING", "ILIKE", "IN", "INNER",
        "INTERSECT", "IS", "JOIN", "LATEST", "LEFT", "LIKE", "LIMIT", "NOT", "NULL", "OFFSET", "ON", "OR",
        "ORDER", "RIGHT", "SAMPLE", "SELECT", "THEN", "TRUE", "UNION", "WHEN", "WHERE", "WITH",
    };

    public static bool Contains(string word) => _words.Contains(word);
}
