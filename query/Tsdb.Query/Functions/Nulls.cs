using Tsdb.Core;

namespace Tsdb.Query.Functions;

/// <summary>NULL in, NULL out.</summary>
internal static class Nulls
{
    /// <summary>Prepares a result: NULL wherever an argument is.</summary>
    public static void Combine(ReadOnlySpan<ColumnVector> arguments, ColumnVector result, int rowCount)
    {
        result.ClearNulls();
        int wordCount = (rowCount + 63) / 64;
        foreach (ColumnVector argument in arguments)
        {
            if (!argument.HasNulls)
            {
                continue;
            }

            result.HasNulls = true;
            for (int i = 0; i < wordCount; i++)
            {
                result.Validity[i] &= argument.Validity[i];
            }
        }
    }
}
