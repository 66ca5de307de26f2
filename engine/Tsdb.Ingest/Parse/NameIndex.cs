using Tsdb.Core;

namespace Tsdb.Ingest.Parse;

/// <summary>
/// Names numbered from 0 in the order they were added; found by their bytes. Open addressing, half full at
/// most.
/// </summary>
internal sealed class NameIndex
{
    private byte[][] _names = new byte[8][];
    private ulong[] _hashes = new ulong[8];
    private int[] _slots = new int[16]; // Number + 1; 0 is free.

    /// <summary>Names added.</summary>
    public int Count { get; private set; }

    /// <summary>The name that has this number.</summary>
    public ReadOnlySpan<byte> this[int number] => _names[number];

    /// <summary>The name's number, or -1.</summary>
    public int Find(ReadOnlySpan<byte> name)
    {
        ulong hash = KeyHash.Compute(name);
        for (int i = (int)hash & (_slots.Length - 1); _slots[i] != 0; i = (i + 1) & (_slots.Length - 1))
        {
            int number = _slots[i] - 1;
            if (_hashes[number] == hash && name.SequenceEqual(_names[number]))
            {
                return number;
            }
        }

        return -1;
    }

    /// <summary>Adds a name that <see cref="Find"/> did not find, and copies it.</summary>
    /// <returns>Its number.</returns>
    public int Add(ReadOnlySpan<byte> name)
    {
        int number = Count++;
        if (number == _names.Length)
        {
            Array.Resize(ref _names, number * 2);
            Array.Resize(ref _hashes, number * 2);
            _slots = new int[number * 4];
            for (int i = 0; i < number; i++)
            {
                Place(i);
            }
        }

        _names[number] = name.ToArray();
        _hashes[number] = KeyHash.Compute(name);
        Place(number);
        return number;
    }

    private void Place(int number)
    {
        int i = (int)_hashes[number] & (_slots.Length - 1);
        while (_slots[i] != 0)
        {
            i = (i + 1) & (_slots.Length - 1);
        }

        _slots[i] = number + 1;
    }
}
