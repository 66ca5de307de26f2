using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Tsdb.Query.Arrow.Reading;

/// <summary>
/// Numbers the tuples of codes that several tag columns give: the same tuple gets the same number in all
/// batches.
/// </summary>
internal sealed class TupleTable(int tagCount)
{
    // In memory only, and chosen per process, so that nobody outside can aim for collisions.
    private static readonly ulong _seed = MemoryMarshal.Read<ulong>(RandomNumberGenerator.GetBytes(8));
    private static readonly ulong _multiplier =
        MemoryMarshal.Read<ulong>(RandomNumberGenerator.GetBytes(8)) | 1;

    private ulong[] _hashOfRow = [];
    private int[] _slots = new int[64];
    private ulong[] _hashes = new ulong[32];
    private int[] _codes = new int[32 * Math.Max(1, tagCount)];

    /// <summary>Tuples known.</summary>
    public int Count { get; private set; }

    public void Clear()
    {
        Count = 0;
        Array.Clear(_slots);
    }

    /// <summary>Writes each row's number.</summary>
    public void Number(TagCodes[] tags, Span<int> tuples)
    {
        if (_hashOfRow.Length < tuples.Length)
        {
            _hashOfRow = new ulong[tuples.Length];
        }

        Span<ulong> hashes = _hashOfRow.AsSpan(0, tuples.Length);
        hashes.Fill(_seed);
        foreach (TagCodes tag in tags)
        {
            ReadOnlySpan<int> codes = tag.Codes[..hashes.Length];
            for (int row = 0; row < hashes.Length; row++)
            {
                hashes[row] = Fold(hashes[row] ^ (uint)codes[row], _multiplier);
            }
        }

        for (int row = 0; row < tuples.Length; row++)
        {
            tuples[row] = row > 0 && hashes[row] == hashes[row - 1] && IsTuple(tags, row, tuples[row - 1])
                ? tuples[row - 1]
                : FindOrAdd(tags, row, hashes[row]);
        }
    }

    // Open addressing; a slot holds a number plus one.
    private int FindOrAdd(TagCodes[] tags, int row, ulong hash)
    {
        int mask = _slots.Length - 1;
        int slot = (int)hash & mask;
        for (; _slots[slot] != 0; slot = (slot + 1) & mask)
        {
            int number = _slots[slot] - 1;
            if (_hashes[number] == hash && IsTuple(tags, row, number))
            {
                return number;
            }
        }

        if (Count == _hashes.Length)
        {
            Grow();
            return FindOrAdd(tags, row, hash);
        }

        _hashes[Count] = hash;
        for (int i = 0; i < tags.Length; i++)
        {
            _codes[(Count * tags.Length) + i] = tags[i].Codes[row];
        }

        _slots[slot] = ++Count;
        return Count - 1;
    }

    private bool IsTuple(TagCodes[] tags, int row, int number)
    {
        ReadOnlySpan<int> codes = _codes.AsSpan(number * tags.Length, tags.Length);
        for (int i = 0; i < codes.Length; i++)
        {
            if (tags[i].Codes[row] != codes[i])
            {
                return false;
            }
        }

        return true;
    }

    private void Grow()
    {
        Array.Resize(ref _hashes, _hashes.Length * 2);
        Array.Resize(ref _codes, _codes.Length * 2);
        _slots = new int[_slots.Length * 2];
        int mask = _slots.Length - 1;
        for (int number = 0; number < Count; number++)
        {
            int slot = (int)_hashes[number] & mask;
            while (_slots[slot] != 0)
            {
                slot = (slot + 1) & mask;
            }

            _slots[slot] = number + 1;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Fold(ulong left, ulong right)
    {
        ulong high = Math.BigMul(left, right, out ulong low);
        return high ^ low;
    }
}
