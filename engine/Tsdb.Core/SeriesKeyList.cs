namespace Tsdb.Core;

/// <summary>
/// Series keys that a sender of columns names by number: written once, used by all batches of one stream, so
/// that storage looks up a key once and not for every row. <see cref="TableRows.UseKeys"/> ties rows to it.
/// </summary>
/// <remarks>
/// One thread at a time: the stream adds keys and hands over batches, storage notes the ids while it
/// resolves.
/// </remarks>
public sealed class SeriesKeyList
{
    /// <summary>What <see cref="SeriesIdsOf"/> holds for a key that was not looked up yet.</summary>
    public const uint UnknownId = uint.MaxValue;

    private readonly ByteSlab _text = new();
    private TextSpan[] _keys = [];
    private ulong[] _hashes = [];
    private uint[] _seriesIds = [];
    private object? _owner;

    /// <summary>Keys in the list; numbers run from 0.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of all keys.</summary>
    public int SizeBytes => _text.SizeBytes;

    /// <summary>Adds a copy of a key and gives its number. A key that comes twice is looked up
    /// twice.</summary>
    /// <param name="key">As <see cref="TableRows.KeyOffsets"/> says.</param>
    public int Add(ReadOnlySpan<byte> key)
    {
        if (Count == _keys.Length)
        {
            int capacity = Math.Max(256, Count * 2);
            Array.Resize(ref _keys, capacity);
            Array.Resize(ref _hashes, capacity);
            Array.Resize(ref _seriesIds, capacity);
        }

        _keys[Count] = _text.Append(key);
        _hashes[Count] = KeyHash.Compute(key);
        _seriesIds[Count] = UnknownId;
        return Count++;
    }

    /// <summary>The key's bytes. Valid until the next key is added.</summary>
    public ReadOnlySpan<byte> GetKey(int index) => _keys[index].In(_text.Span);

    /// <summary>The key's <see cref="KeyHash"/>.</summary>
    public ulong GetHash(int index) => _hashes[index];

    /// <summary>
    /// The ids that <paramref name="owner"/> noted for the keys, to be read and written; all
    /// <see cref="UnknownId"/> when another owner used the list last.
    /// </summary>
    /// <param name="owner">Compared by reference: what gives the ids their meaning.</param>
    public Span<uint> SeriesIdsOf(object owner)
    {
        if (!ReferenceEquals(owner, _owner))
        {
            Array.Fill(_seriesIds, UnknownId);
            _owner = owner;
        }

        return _seriesIds.AsSpan(0, Count);
    }

    /// <summary>Forgets all keys; their numbers are given anew.</summary>
    public void Clear()
    {
        Count = 0;
        _text.Clear();
    }
}
