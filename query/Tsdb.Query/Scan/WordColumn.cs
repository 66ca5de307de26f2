using Tsdb.Core;

namespace Tsdb.Query.Scan;

/// <summary>A column of some rows, where it lies: the reader's own cells or a loaded vector.</summary>
internal readonly ref struct WordColumn
{
    public WordColumn(ReadOnlySpan<ulong> words, ReadOnlySpan<ulong> validity, IReadOnlyList<string> texts)
    {
        Words = words;
        Validity = validity;
        Texts = texts;
    }

    /// <summary>One word a row; undefined under NULL. Empty when every row is NULL.</summary>
    public ReadOnlySpan<ulong> Words { get; }

    /// <summary>Bit i is set where row i is not NULL; empty when none is.</summary>
    public ReadOnlySpan<ulong> Validity { get; }

    public IReadOnlyList<string> Texts { get; }

    public bool IsAllNull => Words.IsEmpty;

    public bool IsValid(int row) => Validity.IsEmpty || (Validity[row >> 6] >> (row & 63) & 1) != 0;

    public static WordColumn Of(ColumnVector vector, int rowCount) => new(
        vector.Words.AsSpan(0, rowCount),
        vector.HasNulls ? vector.Validity.AsSpan(0, (rowCount + 63) / 64) : [],
        vector.Texts);
}
