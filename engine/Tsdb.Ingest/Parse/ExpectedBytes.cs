using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tsdb.Ingest.Parse;

/// <summary>Up to 32 bytes that a text is expected to have at a place; found by one comparison.</summary>
internal readonly struct ExpectedBytes
{
    /// <summary>Most bytes.</summary>
    public const int SizeBytesMax = 32;

    private readonly Vector256<byte> _bytes;
    private readonly Vector256<byte> _mask;

    /// <param name="bytes">At most <see cref="SizeBytesMax"/>.</param>
    public ExpectedBytes(ReadOnlySpan<byte> bytes)
    {
        SizeBytes = bytes.Length;
        Span<byte> room = stackalloc byte[SizeBytesMax];
        room.Clear();
        bytes.CopyTo(room);
        _bytes = Vector256.Create<byte>(room);
        room[..bytes.Length].Fill(0xFF);
        _mask = Vector256.Create<byte>(room);
    }

    /// <summary>How many bytes there are.</summary>
    public int SizeBytes { get; }

    /// <summary>
    /// Whether the bytes stand at <paramref name="at"/>, from which <see cref="SizeBytesMax"/> bytes can be
    /// read.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool StandAt(ref readonly byte at) =>
        ((Vector256.LoadUnsafe(in at) ^ _bytes) & _mask) == Vector256<byte>.Zero;
}
