using System.Text;

namespace Tsdb.Ingest.Parse;

/// <summary>
/// How far the text is known to be ASCII. Looked at piece by piece just ahead of the parser, so that each
/// byte comes into the cache once.
/// </summary>
internal struct AsciiStretch
{
    private const int PieceSizeBytes = 16 << 10;

    private int _start;
    private int _end;

    /// <summary>Whether a line is all ASCII. Lines come in order.</summary>
    public bool Covers(ReadOnlySpan<byte> text, int lineStart, int lineEnd)
    {
        if (lineEnd > _end)
        {
            int end = (int)Math.Min(text.Length, Math.Max(lineEnd, (long)_end + PieceSizeBytes));
            if (!Ascii.IsValid(text[_end..end]))
            {
                _start = end;
            }

            _end = end;
        }

        return lineStart >= _start;
    }
}
