using Tsdb.Query.Language;
using Tsdb.Storage;

namespace Tsdb.Query.Planning;

/// <summary>Finds tables by name: the exact one first, then in any case if only one fits.</summary>
internal static class Tables
{
    /// <summary>Whether <see cref="Find"/> would find one, or more.</summary>
    public static bool Exists(Catalog catalog, TableReference reference) => catalog.Tables.Any(
        table => table.Name.Equals(reference.Name, StringComparison.OrdinalIgnoreCase));

    public static TableSchema Find(SqlSource source, Catalog catalog, TableReference reference)
    {
        TableSchema? found = null;
        int matchCount = 0;
        foreach (TableSchema table in catalog.Tables)
        {
            if (table.Name == reference.Name)
            {
                return table;
            }

            if (table.Name.Equals(reference.Name, StringComparison.OrdinalIgnoreCase))
            {
                found = table;
                matchCount++;
            }
        }

        if (matchCount > 1)
        {
            throw source.Error(
                reference.Position,
                $"table name '{reference.Name}' fits more than one table",
                "write it in double quotes, in the exact case");
        }

        return found ?? throw source.Error(
            reference.Position,
            $"unknown table '{reference.Name}'",
            NearestName.Hint(reference.Name, catalog.Tables.Select(table => table.Name)));
    }
}
