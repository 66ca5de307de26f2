using Tsdb.Core;

namespace Tsdb.Ingest.Parse;

/// <summary>One field of the lines that are expected next: its name, its type, and where its cells
/// go.</summary>
internal struct FieldPlan
{
    /// <summary>What separates it from what is before it, the name as sent, and the '='.</summary>
    public ExpectedBytes Head;

    /// <summary>The column's cells.</summary>
    public ulong[] Cells;

    /// <summary>Float64, Int64 or Bool.</summary>
    public ColumnType Type;

    /// <summary>The column, dense so far.</summary>
    public SampleColumn Column;
}
