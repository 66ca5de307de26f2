using System.Numerics;
using Tsdb.Core;

namespace Tsdb.Query.Operators.Aggregates;

/// <summary>Group keys, at most 64 words each, by hash: open addressing over group numbers 0, 1, 2
/// …</summary>
internal sealed class GroupTable(int keyCount)
{
    /// <summary>Most words in a key.</summary>
    public const int KeyCountMax = 64;

    private int[] _slots = [];
    private ulong[] _keys = [];

    // Bit i of a group's mask is set where its key i is NULL; its word is 0 then.
    private ulong[] _nulls = [];
    private int _mask = -1;

    public int Count { get; private set; }

    public int KeyCount => keyCount;

    /// <summary>The group with this key, added if new.</summary>
    public int FindOrAdd(ReadOnlySpan<ulong> key, ulong nulls)
    {
        if (Count * 2 >= _slots.Length)
        {
            GrowSlots();
        }

        int slot = (int)Hash(key, nulls) & _mask;
        while (_slots[slot] != 0)
        {
            int group = _slots[slot] - 1;
            if (_nulls[group] == nulls && GetKey(group).SequenceEqual(key))
            {
                return group;
            }

            slot = (slot + 1) & _mask;
        }

        _slots[slot] = Count + 1;
        return Add(key, nulls);
    }

    public ReadOnlySpan<ulong> GetKey(int group) => _keys.AsSpan(group * keyCount, keyCount);

    public ulong GetNulls(int group) => _nulls[group];

    private int Add(ReadOnlySpan<ulong> key, ulong nulls)
    {
        if (Count == _nulls.Length)
        {
            int capacity = Math.Max(16, Count * 2);
            Array.Resize(ref _nulls, capacity);
            Array.Resize(ref _keys, capacity * keyCount);
        }

        key.CopyTo(_keys.AsSpan(Count * keyCount));
        _nulls[Count] = nulls;
        return Count++;
    }

    private void GrowSlots()
    {
        int capacity = Math.Max(32, _slots.Length * 2);
        Invariant.Holds(BitOperations.IsPow2(capacity));
        _slots = new int[capacity];
        _mask = capacity - 1;
        for (int group = 0; group < Count; group++)
        {
            int slot = (int)Hash(GetKey(group), _nulls[group]) & _mask;
            while (_slots[slot] != 0)
            {
                slot = (slot + 1) & _mask;
            }

            _slots[slot] = group + 1;
        }
    }

    private static uint Hash(ReadOnlySpan<ulong> key, ulong nulls)
    {
        ulong hash = nulls;
        foreach (ulong word in key)
        {
            ulong high = Math.BigMul(
                hash ^ 0xA076_1D64_78BD_642F, word ^ 0xE703_7ED1_A0B4_28DB, out ulong low);
            hash = high ^ low;
        }

        return (uint)(hash ^ (hash >> 32));
    }
}
