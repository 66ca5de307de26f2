using Tsdb.Core;

namespace Tsdb.Storage;

/// <summary>One column's cells in the present chunk of a <see cref="SeriesReader"/>; valid until it moves
/// on.</summary>
public readonly ref struct ColumnChunk
{
    internal ColumnChunk(
        ColumnType type, ReadOnlySpan<ulong> cells, ReadOnlySpan<ulong> presence, ReadOnlySpan<byte> texts)
    {
        Type = type;
        Cells = cells;
        Presence = presence;
        Texts = texts;
    }

    /// <summary>Type of the cells; <see cref="ColumnType.None"/> when no row has one.</summary>
    public ColumnType Type { get; }

    /// <summary>Whether no row of the chunk has a cell; the spans are empty then.</summary>
    public bool IsAbsent => Type == ColumnType.None;

    /// <summary>A cell for each row; undefined where absent.</summary>
    public ReadOnlySpan<ulong> Cells { get; }

    /// <summary>Bit i is set where row i has a cell; empty when every row has. Bits past the rows are
    /// undefined.</summary>
    public ReadOnlySpan<ulong> Presence { get; }

    /// <summary>The bytes that string cells (<see cref="TextSpan"/>) point to.</summary>
    public ReadOnlySpan<byte> Texts { get; }

    /// <summary>Whether the row has a cell.</summary>
    public bool IsPresent(int row) =>
        !IsAbsent && (Presence.IsEmpty || (Presence[row >> 6] >> (row & 63) & 1) != 0);
}
