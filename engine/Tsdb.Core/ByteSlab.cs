using System.Buffers;
using System.Runtime.CompilerServices;

namespace Tsdb.Core;

/// <summary>A growing run of bytes in pooled memory; reusable. One writer at a time.</summary>
public sealed class ByteSlab
{
    private byte[] _bytes = [];

    /// <summary>Bytes in use.</summary>
    public int SizeBytes { get; private set; }

    /// <summary>Bytes for which there is memory.</summary>
    public int CapacityBytes => _bytes.Length;

    /// <summary>The bytes in use. Valid until the next append.</summary>
    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, SizeBytes);

    /// <summary>The bytes in use, to be changed in place. Valid until the next append.</summary>
    public Span<byte> Written => _bytes.AsSpan(0, SizeBytes);

    /// <summary>Appends a copy and says where it lies.</summary>
    public TextSpan Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        TextSpan span = new(SizeBytes, bytes.Length);
        SizeBytes += bytes.Length;
        return span;
    }

    /// <summary>Room for at least <paramref name="sizeBytes"/> more; <see cref="Advance"/> takes what was
    /// written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> Reserve(int sizeBytes)
    {
        if (sizeBytes > _bytes.Length - SizeBytes)
        {
            Grow(sizeBytes);
        }

        return _bytes.AsSpan(SizeBytes);
    }

    /// <summary>Takes <paramref name="sizeBytes"/> of the reserved room into use.</summary>
    public void Advance(int sizeBytes)
    {
        Invariant.Holds(sizeBytes >= 0 && sizeBytes <= _bytes.Length - SizeBytes);
        SizeBytes += sizeBytes;
    }

    /// <summary>Forgets the content, keeps the memory.</summary>
    public void Clear() => SizeBytes = 0;

    /// <summary>Forgets the content and gives the memory back to the pool; may be used again.</summary>
    public void Release()
    {
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = [];
        }

        SizeBytes = 0;
    }

    private void Grow(int sizeBytes)
    {
        int neededBytes = checked(SizeBytes + sizeBytes);
        int wantedBytes = Math.Max(1024, (int)Math.Min(Array.MaxLength, _bytes.Length * 2L));
        byte[] grown = ArrayPool<byte>.Shared.Rent(Math.Max(neededBytes, wantedBytes));
        Written.CopyTo(grown);
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }

        _bytes = grown;
    }
}
