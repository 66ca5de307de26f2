using System.Text;
using Tsdb.Core;

namespace Tsdb.Ingest.Parse;

/// <summary>Why a line was refused, before it is put into words.</summary>
/// <param name="Reason">The cause.</param>
/// <param name="Position">Where in the text the cause was found, from 0.</param>
/// <param name="Name">
/// Where in the text the table, tag or field concerned is named; empty when none is.
/// </param>
internal readonly record struct LineError(RejectReason Reason, int Position, Range Name)
{
    private const int QuotedSizeBytesMax = 64;

    /// <summary>What was expected, and of whom.</summary>
    public string Describe(ReadOnlySpan<byte> text, LineProtocolLimits limits)
    {
        string expectation = Reason switch
        {
            RejectReason.MissingTable => "a line begins with the table's name",
            RejectReason.MissingFields => "expected field=value after the table and its tags",
            RejectReason.MalformedTag => "expected tag=value",
            RejectReason.MalformedField => "expected field=value; strings stand in double quotes",
            RejectReason.MalformedNumber => "expected a number as 1.5, 1i, 1u or 1e-3",
            RejectReason.UnterminatedString => "the string's closing quote is missing",
            RejectReason.NotFinite => "NaN and infinities cannot be stored as text",
            RejectReason.IntegerOutOfRange => "the integer does not fit in 64 bits, signed",
            RejectReason.MalformedTimestamp => "expected an integer timestamp at the end of the line",
            RejectReason.TimestampOutOfRange =>
                "the timestamp is outside 1677-09-21 to 2262-04-11; check the precision",
            RejectReason.InvalidUtf8 => "the bytes are not UTF-8",
            RejectReason.DuplicateKey => "the key appears twice in the line",
            RejectReason.LineTooLong => $"a line has at most {limits.LineSizeBytesMax} bytes",
            RejectReason.NameTooLong => $"a name has at most {limits.NameSizeBytesMax} bytes, "
                + $"a tag value {limits.TagValueSizeBytesMax}",
            RejectReason.StringTooLong => $"a string has at most {limits.StringSizeBytesMax} bytes",
            RejectReason.TooManyTags => $"a line has at most {limits.TagCountMax} tags",
            RejectReason.TooManyFields => $"a line has at most {limits.FieldCountMax} fields",
            RejectReason.NameConflict => "the name is the time column's",
            _ => Reason.ToString(),
        };
        ReadOnlySpan<byte> name = text[Name];
        return name.IsEmpty ? expectation : $"'{Quote(name)}': {expectation}";
    }

    private static string Quote(ReadOnlySpan<byte> name) => name.Length <= QuotedSizeBytesMax
        ? Encoding.UTF8.GetString(name)
        : Encoding.UTF8.GetString(name[..QuotedSizeBytesMax]) + "...";
}
