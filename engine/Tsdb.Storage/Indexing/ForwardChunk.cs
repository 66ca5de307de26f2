using System.Runtime.CompilerServices;

namespace Tsdb.Storage.Indexing;

/// <summary>
/// The codes (value id + 1, or 0 for none) of up to <see cref="CodeCountMax"/> series in a row, each of 1,
/// 2 or 4 bytes, and the least and the greatest among them: most values of a key with many lie close
/// together, so most chunks are known not to have a value without a look.
/// </summary>
/// <remarks>A code is written once; a chunk that gets too small is replaced, not changed.</remarks>
internal sealed unsafe class ForwardChunk
{
    public const int Shift = 13;
    public const int CodeCountMax = 1 << Shift;

    private uint _minCode = uint.MaxValue;
    private uint _maxCode;

    public ForwardChunk(NativeHeap memory, int capacity, int widthBytes)
    {
        Block = memory.Allocate((long)capacity * widthBytes);
        Capacity = capacity;
        WidthBytes = widthBytes;
    }

    public NativeBlock Block { get; }

    public int Capacity { get; }

    /// <summary>Bytes of a code: 1, 2 or 4.</summary>
    public int WidthBytes { get; }

    /// <summary>Whether any series' code may lie in this range.</summary>
    public bool MayHave(uint firstCode, uint lastCode) =>
        Volatile.Read(ref _minCode) <= lastCode && Volatile.Read(ref _maxCode) >= firstCode;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Get(int index)
    {
        uint code = WidthBytes switch
        {
            _ when index >= Capacity => 0,
            1 => Block.Start[index],
            2 => ((ushort*)Block.Start)[index],
            _ => ((uint*)Block.Start)[index],
        };
        GC.KeepAlive(Block);
        return code;
    }

    public void Set(int index, uint code)
    {
        if (WidthBytes == 1)
        {
            Block.Start[index] = (byte)code;
        }
        else if (WidthBytes == 2)
        {
            ((ushort*)Block.Start)[index] = (ushort)code;
        }
        else
        {
            ((uint*)Block.Start)[index] = code;
        }

        if (code < _minCode)
        {
            Volatile.Write(ref _minCode, code);
        }

        if (code > _maxCode)
        {
            Volatile.Write(ref _maxCode, code);
        }
    }

    public void CopyTo(ForwardChunk target)
    {
        for (int i = 0; i < Capacity; i++)
        {
            uint code = Get(i);
            if (code != 0)
            {
                target.Set(i, code);
            }
        }
    }
}
