using Tsdb.Core;

namespace Tsdb.Storage.Records;

/// <summary>
/// A run of bytes that may become long, in pooled pieces that are never copied: one array that doubles would
/// touch and keep four times as much memory.
/// </summary>
/// <remarks>One thread at a time.</remarks>
internal sealed class ByteChain
{
    /// <summary>Bytes of a piece, unless what is appended at once is longer.</summary>
    public const int PieceSizeBytes = 1 << 20;

    private readonly List<ByteSlab> _pieces = [];

    /// <summary>Bytes in all pieces.</summary>
    public long SizeBytes { get; private set; }

    /// <summary>The bytes, in order. Good until <see cref="Release"/>.</summary>
    public IReadOnlyList<ByteSlab> Pieces => _pieces;

    /// <summary>Appends a copy, which lies within one piece.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        if (_pieces.Count == 0 || _pieces[^1].SizeBytes + bytes.Length > PieceSizeBytes)
        {
            AddPiece();
        }

        _pieces[^1].Append(bytes);
        SizeBytes += bytes.Length;
    }

    /// <summary>Forgets the content and gives the memory back to the pool.</summary>
    public void Release()
    {
        _pieces.ForEach(static piece => piece.Release());
        _pieces.Clear();
        SizeBytes = 0;
    }

    private void AddPiece()
    {
        ByteSlab piece = new();
        if (_pieces.Count > 0)
        {
            // Only the first may stay small.
            piece.Reserve(PieceSizeBytes);
        }

        _pieces.Add(piece);
    }
}
