using System.Numerics;
using Tsdb.Core;

namespace Tsdb.Storage.Indexing;

/// <summary>
/// A set of numbers below 65 536, never empty, in the smallest of three forms: the numbers ascending, a bit
/// for each number, or runs (Lemire et al., "Roaring bitmaps: implementation of an optimized software
/// library", 2018). Immutable.
/// </summary>
internal sealed class Container
{
    public const int Span = 1 << 16;
    public const int WordCount = Span / 64;

    private readonly ContainerForm _form;
    private readonly ushort[] _numbers;
    private readonly ulong[] _words;

    private Container(ContainerForm form, ushort[] numbers, ulong[] words, int count)
    {
        _form = form;
        _numbers = numbers;
        _words = words;
        Count = count;
    }

    public ContainerForm Form => _form;

    public int Count { get; }

    /// <summary>Bytes of memory that the numbers take.</summary>
    public int SizeBytes => (_numbers.Length * sizeof(ushort)) + (_words.Length * sizeof(ulong));

    /// <summary>The set of all bits that are set, or null when none is.</summary>
    /// <param name="words"><see cref="WordCount"/> of them; copied.</param>
    public static Container? FromWords(ReadOnlySpan<ulong> words)
    {
        Invariant.Holds(words.Length == WordCount);
        int count = 0;
        int runCount = 0;
        ulong carry = 0;
        foreach (ulong word in words)
        {
            // A run begins at each bit whose lower neighbour is not set.
            count += BitOperations.PopCount(word);
            runCount += BitOperations.PopCount(word & ~((word << 1) | carry));
            carry = word >> 63;
        }

        if (count == 0)
        {
            return null;
        }

        int arraySizeBytes = count * sizeof(ushort);
        int runsSizeBytes = runCount * 2 * sizeof(ushort);
        if (runsSizeBytes < Math.Min(arraySizeBytes, WordCount * sizeof(ulong)))
        {
            return new Container(ContainerForm.Runs, FindRuns(words, runCount), [], count);
        }

        return arraySizeBytes <= WordCount * sizeof(ulong)
            ? new Container(ContainerForm.Array, FindNumbers(words, count), [], count)
            : new Container(ContainerForm.Bitmap, [], words.ToArray(), count);
    }

    /// <summary>Containers that hold so many numbers from 0 on.</summary>
    public static int CountFor(int numberCount) => (int)(((long)numberCount + Span - 1) / Span);

    /// <summary>The numbers below <paramref name="end"/>, which is 1 … 65 536.</summary>
    public static Container Below(int end) =>
        new(ContainerForm.Runs, [0, (ushort)(end - 1)], [], end);

    public bool Contains(ushort number)
    {
        switch (_form)
        {
            case ContainerForm.Bitmap:
                return (_words[number / 64] >> (number % 64) & 1) != 0;
            case ContainerForm.Array:
                return Array.BinarySearch(_numbers, number) >= 0;
            default:
                return IsInRun(number);
        }
    }

    /// <summary>Adds the numbers' bits.</summary>
    public void OrInto(Span<ulong> words)
    {
        switch (_form)
        {
            case ContainerForm.Bitmap:
                WordOperations.Or(words, _words);
                break;
            case ContainerForm.Array:
                foreach (ushort number in _numbers)
                {
                    words[number / 64] |= 1UL << (number % 64);
                }

                break;
            default:
                for (int i = 0; i < _numbers.Length; i += 2)
                {
                    WordOperations.Fill(words, _numbers[i], _numbers[i + 1]);
                }

                break;
        }
    }

    public Container? And(Container other)
    {
        if (_form == ContainerForm.Array || other._form == ContainerForm.Array)
        {
            return _form == ContainerForm.Array ? Filter(other, isWanted: true) : other.Filter(this, true);
        }

        return Combine(other, WordOperations.And);
    }

    public Container? Or(Container other) => Combine(other, WordOperations.Or);

    public Container? AndNot(Container other) => _form == ContainerForm.Array
        ? Filter(other, isWanted: false)
        : Combine(other, WordOperations.AndNot);

    /// <summary>Writes the numbers, each plus <paramref name="offset"/>, ascending.</summary>
    public void CopyTo(Span<int> target, int offset)
    {
        int written = 0;
        switch (_form)
        {
            case ContainerForm.Array:
                foreach (ushort number in _numbers)
                {
                    target[written++] = offset + number;
                }

                break;
            case ContainerForm.Runs:
                for (int i = 0; i < _numbers.Length; i += 2)
                {
                    for (int number = _numbers[i]; number <= _numbers[i + 1]; number++)
                    {
                        target[written++] = offset + number;
                    }
                }

                break;
            default:
                for (int i = 0; i < WordCount; i++)
                {
                    for (ulong word = _words[i]; word != 0; word &= word - 1)
                    {
                        target[written++] = offset + (i * 64) + BitOperations.TrailingZeroCount(word);
                    }
                }

                break;
        }

        Invariant.Holds(written == Count);
    }

    private bool IsInRun(ushort number)
    {
        // The last run that begins at or before the number is the only one that may hold it.
        int low = 0;
        int high = _numbers.Length / 2;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_numbers[middle * 2] <= number)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low > 0 && number <= _numbers[(low * 2) - 1];
    }

    private static ushort[] FindNumbers(ReadOnlySpan<ulong> words, int count)
    {
        ushort[] numbers = new ushort[count];
        int written = 0;
        for (int i = 0; i < words.Length; i++)
        {
            for (ulong word = words[i]; word != 0; word &= word - 1)
            {
                numbers[written++] = (ushort)((i * 64) + BitOperations.TrailingZeroCount(word));
            }
        }

        return numbers;
    }

    private static ushort[] FindRuns(ReadOnlySpan<ulong> words, int runCount)
    {
        ushort[] runs = new ushort[runCount * 2];
        int firsts = 0;
        int lasts = 1;
        ulong below = 0;
        for (int i = 0; i < words.Length; i++)
        {
            ulong word = words[i];
            ulong above = i + 1 < words.Length ? words[i + 1] << 63 : 0;
            for (ulong rest = word & ~((word << 1) | below); rest != 0; rest &= rest - 1, firsts += 2)
            {
                runs[firsts] = (ushort)((i * 64) + BitOperations.TrailingZeroCount(rest));
            }

            for (ulong rest = word & ~((word >> 1) | above); rest != 0; rest &= rest - 1, lasts += 2)
            {
                runs[lasts] = (ushort)((i * 64) + BitOperations.TrailingZeroCount(rest));
            }

            below = word >> 63;
        }

        return runs;
    }

    private Container? Filter(Container other, bool isWanted)
    {
        ushort[] kept = new ushort[_numbers.Length];
        int count = 0;
        foreach (ushort number in _numbers)
        {
            if (other.Contains(number) == isWanted)
            {
                kept[count++] = number;
            }
        }

        return count == 0 ? null : new Container(ContainerForm.Array, kept[..count], [], count);
    }

    private Container? Combine(Container other, Action<Span<ulong>, ReadOnlySpan<ulong>> combine)
    {
        Span<ulong> words = stackalloc ulong[WordCount];
        Span<ulong> others = stackalloc ulong[WordCount];
        words.Clear();
        others.Clear();
        OrInto(words);
        other.OrInto(others);
        combine(words, others);
        return FromWords(words);
    }
}
