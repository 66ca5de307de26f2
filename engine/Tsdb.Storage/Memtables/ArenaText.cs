using System.Runtime.InteropServices;
using Tsdb.Core;

namespace Tsdb.Storage.Memtables;

/// <summary>A text in the arena: one word with its length, then its bytes. Its cell is the word
/// reference.</summary>
internal static class ArenaText
{
    public static ulong Store(Arena arena, ArenaCursor cursor, ReadOnlySpan<byte> text)
    {
        int wordCount = 1 + ((text.Length + sizeof(ulong) - 1) / sizeof(ulong));
        uint reference = cursor.Allocate(wordCount);
        Span<ulong> words = arena.Words(reference, wordCount);
        words[0] = (ulong)text.Length;
        text.CopyTo(MemoryMarshal.AsBytes(words[1..]));
        return reference;
    }

    /// <summary>
    /// Replaces a row's text cells, which are spans of the batch's slab, by copies in the arena.
    /// </summary>
    public static void StoreAll(
        Arena arena, ArenaCursor cursor, Span<ulong> cells, RowShape shape, ByteSlab texts)
    {
        for (int i = 0; i < shape.Types.Length; i++)
        {
            if (shape.Types[i] == ColumnType.String)
            {
                cells[i] = Store(arena, cursor, TextSpan.FromCell(cells[i]).In(texts.Span));
            }
        }
    }

    public static TextSpan CopyTo(Arena arena, ulong cell, ByteSlab target)
    {
        int sizeBytes = (int)arena.Words((uint)cell, 1)[0];
        int wordCount = 1 + ((sizeBytes + sizeof(ulong) - 1) / sizeof(ulong));
        return target.Append(MemoryMarshal.AsBytes(arena.Words((uint)cell, wordCount)[1..])[..sizeBytes]);
    }
}
