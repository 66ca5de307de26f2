using Tsdb.Core;

namespace Tsdb.Query.Operators;

/// <summary>Copies rows from vector to vector. Words of texts stay valid: the text list is passed
/// on.</summary>
internal static class VectorCopy
{
    /// <summary>Puts rows of the source behind the target's.</summary>
    public static void Append(ColumnVector source, int start, int count, ColumnVector target, int targetCount)
    {
        target.EnsureCapacity(targetCount + count);
        target.Texts = source.Texts;
        source.Words.AsSpan(start, count).CopyTo(target.Words.AsSpan(targetCount));
        if (!source.HasNulls && !target.HasNulls)
        {
            return;
        }

        BeginNulls(target, targetCount);
        for (int i = 0; i < count; i++)
        {
            if (source.IsNull(start + i))
            {
                target.SetNull(targetCount + i);
            }
            else
            {
                target.SetValid(targetCount + i);
            }
        }
    }

    /// <summary>Fills the target with the source's rows at these places.</summary>
    public static void Gather(ColumnVector source, ReadOnlySpan<int> rows, ColumnVector target)
    {
        target.EnsureCapacity(rows.Length);
        target.Texts = source.Texts;
        target.ClearNulls();
        ulong[] words = source.Words;
        for (int i = 0; i < rows.Length; i++)
        {
            target.Words[i] = words[rows[i]];
        }

        if (source.HasNulls)
        {
            for (int i = 0; i < rows.Length; i++)
            {
                if (source.IsNull(rows[i]))
                {
                    target.SetNull(i);
                }
            }
        }
    }

    /// <summary>Makes the target's bitmap true for its rows so far, if it was not in use.</summary>
    public static void BeginNulls(ColumnVector target, int rowCount)
    {
        if (target.HasNulls)
        {
            return;
        }

        target.Validity.AsSpan(
            0, Math.Min(target.Validity.Length, (rowCount + 63) / 64)).Fill(ulong.MaxValue);
        target.HasNulls = true;
    }
}
