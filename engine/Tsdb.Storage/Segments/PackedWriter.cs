using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tsdb.Core;
using Tsdb.Storage.Codecs;

namespace Tsdb.Storage.Segments;

/// <summary>
/// Growing bytes of an index: LEB128 numbers (seven bits a byte, low first) and fixed little-endian ones.
/// </summary>
/// <remarks>Reusable; not thread safe. Read back by <see cref="PackedReader"/>.</remarks>
/// <param name="pieceSizeBytesMax">What is longer lies in several pieces of about this size: it grows without
/// being copied, and leaves no memory unused.</param>
internal sealed class PackedWriter(int pieceSizeBytesMax = int.MaxValue)
{
    private readonly List<ByteSlab> _fullPieces = [];
    private ByteSlab _bytes = new();
    private int _fullSizeBytes;
    private int _fullCapacityBytes;

    public int SizeBytes => _fullSizeBytes + _bytes.SizeBytes;

    /// <summary>Bytes for which there is memory.</summary>
    public int CapacityBytes => _fullCapacityBytes + _bytes.CapacityBytes;

    /// <summary>All bytes, where they lie in one piece.</summary>
    public ReadOnlySpan<byte> Span
    {
        get
        {
            Invariant.Holds(_fullPieces.Count == 0);
            return _bytes.Span;
        }
    }

    /// <summary>Pieces in which the bytes lie, one after the other; at least one.</summary>
    public int PieceCount => _fullPieces.Count + 1;

    /// <summary>The bytes of a piece. Valid until the next write.</summary>
    public ReadOnlySpan<byte> GetPiece(int index) =>
        index == _fullPieces.Count ? _bytes.Span : _fullPieces[index].Span;

    /// <summary>A copy of all bytes, to be kept for long: no collection has to move it.</summary>
    public byte[] ToArray()
    {
        byte[] copy = GC.AllocateUninitializedArray<byte>(SizeBytes, pinned: true);
        int offset = 0;
        for (int i = 0; i < PieceCount; i++)
        {
            GetPiece(i).CopyTo(copy.AsSpan(offset));
            offset += GetPiece(i).Length;
        }

        return copy;
    }

    /// <summary>Forgets the bytes, keeps the memory of a piece.</summary>
    public void Clear()
    {
        ReleaseFull();
        _bytes.Clear();
    }

    public void WriteByte(byte value)
    {
        Reserve(1)[0] = value;
        _bytes.Advance(1);
    }

    /// <summary>Room for <paramref name="sizeBytes"/>; <see cref="Advance"/> takes what was
    /// written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> Reserve(int sizeBytes)
    {
        if (sizeBytes > _bytes.CapacityBytes - _bytes.SizeBytes)
        {
            MakeRoom(sizeBytes);
        }

        return _bytes.Reserve(sizeBytes);
    }

    public void Advance(int sizeBytes) => _bytes.Advance(sizeBytes);

    /// <summary>Gives the memory back; the writer is empty and may be used again.</summary>
    public void Release()
    {
        ReleaseFull();
        _bytes.Release();
    }

    public void WriteUnsigned(ulong value) => Advance(
        VarInt.WriteUnchecked(ref MemoryMarshal.GetReference(Reserve(VarInt.MaxSizeBytes)), value));

    /// <summary>Small magnitudes of either sign take few bytes: 0, -1, 1, -2 … become 0, 1, 2, 3 …</summary>
    public void WriteSigned(long value) =>
        Advance(VarInt.WriteSigned(Reserve(VarInt.MaxSizeBytes), value));

    public void WriteUnsigned(UInt128 value)
    {
        while (value > ulong.MaxValue)
        {
            WriteByte((byte)((byte)value | 0x80));
            value >>= 7;
        }

        WriteUnsigned((ulong)value);
    }

    public void WriteFixed(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(Reserve(4), value);
        _bytes.Advance(4);
    }

    public void WriteFixed(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(Reserve(8), value);
        _bytes.Advance(8);
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        _bytes.Advance(bytes.Length);
    }

    // Small ones grow by copying, up to a piece; then the next piece begins.
    private void MakeRoom(int sizeBytes)
    {
        if (_bytes.SizeBytes <= pieceSizeBytesMax - sizeBytes)
        {
            return;
        }

        if (_bytes.SizeBytes > 0)
        {
            _fullPieces.Add(_bytes);
            _fullSizeBytes += _bytes.SizeBytes;
            _fullCapacityBytes += _bytes.CapacityBytes;
            _bytes = new ByteSlab();
        }

        _bytes.Reserve(Math.Max(sizeBytes, pieceSizeBytesMax));
    }

    private void ReleaseFull()
    {
        foreach (ByteSlab piece in _fullPieces)
        {
            piece.Release();
        }

        _fullPieces.Clear();
        _fullSizeBytes = 0;
        _fullCapacityBytes = 0;
    }
}
