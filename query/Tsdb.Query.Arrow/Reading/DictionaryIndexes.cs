namespace Tsdb.Query.Arrow.Reading;

/// <summary>Reads which entry of its dictionary each row of a column names.</summary>
internal static class DictionaryIndexes
{
    /// <summary>Reads a run of rows; null rows, and those that name a null entry, become
    /// <see cref="TagCodes.NullCode"/>.</summary>
    /// <exception cref="ArrowInputException">An index leaves the dictionary.</exception>
    public static void Read(
        ArrowField field,
        ArrowDictionary dictionary,
        in ArrowColumnBuffers buffers,
        int firstRow,
        Span<int> codes)
    {
        CellReader.ReadIndexes(field.StoredType.Kind, buffers.Values.Span, firstRow, codes);
        bool hasNulls = buffers.HasNulls(firstRow, codes.Length);
        if (hasNulls)
        {
            ReadOnlySpan<byte> validity = buffers.Validity.Span;
            for (int row = 0; row < codes.Length; row++)
            {
                if (!ArrowColumnBuffers.IsValid(validity, firstRow + row))
                {
                    codes[row] = TagCodes.NullCode;
                }
                else if ((uint)codes[row] >= (uint)dictionary.Count)
                {
                    throw Outside(field);
                }
            }
        }
        else if (!AreBelow(codes, dictionary.Count))
        {
            throw Outside(field);
        }

        if (dictionary.MayHaveNulls)
        {
            ClearNullEntries(dictionary, codes);
        }
    }

    private static bool AreBelow(ReadOnlySpan<int> codes, int count)
    {
        uint most = 0;
        foreach (int code in codes)
        {
            most = Math.Max(most, (uint)code);
        }

        return codes.IsEmpty || most < (uint)count;
    }

    private static void ClearNullEntries(ArrowDictionary dictionary, Span<int> codes)
    {
        foreach (ref int code in codes)
        {
            if (code >= 0 && dictionary.IsNull(code))
            {
                code = TagCodes.NullCode;
            }
        }
    }

    private static ArrowInputException Outside(ArrowField field) =>
        new($"malformed Arrow batch: column '{field.Name}' has an index outside its dictionary");
}
