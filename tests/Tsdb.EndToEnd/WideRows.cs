using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Tsdb.EndToEnd;

/// <summary>
/// Rows by formula, with every column type, absent values and awkward bits: as line protocol, and as the text
/// that <c>node/cells.mjs</c> makes of them.
/// </summary>
internal static class WideRows
{
    public const int Count = 50_000;
    public const string Sql = "SELECT ts, device, v, n, ok, note FROM wide ORDER BY ts";

    private const long FirstNs = 1_700_000_000_000_000_001;
    private const long StepNs = 1_000_000_007;

    public static string ToLines()
    {
        StringBuilder lines = new();
        for (int i = 0; i < Count; i++)
        {
            lines.Append("wide,device=dev\\ ").Append(i % 7).Append(" n=").Append(IntegerOf(i)).Append('i');
            if (HasValue(i))
            {
                lines.Append(",v=").Append(ValueOf(i).ToString("R", CultureInfo.InvariantCulture));
            }

            lines.Append(",ok=").Append(i % 3 == 0 ? "true" : "false");
            if (i % 11 != 0)
            {
                lines.Append(",note=\"").Append(NoteOf(i)).Append('"');
            }

            lines.Append(' ').Append(FirstNs + (i * StepNs)).Append('\n');
        }

        return lines.ToString();
    }

    public static string TextSha256()
    {
        StringBuilder text = new();
        for (int i = 0; i < Count; i++)
        {
            text.Append(FirstNs + (i * StepNs)).Append("|dev ").Append(i % 7).Append('|');
            if (HasValue(i))
            {
                long bits = BitConverter.DoubleToInt64Bits(ValueOf(i));
                text.Append(CultureInfo.InvariantCulture, $"{bits:x16}");
            }

            text.Append('|').Append(IntegerOf(i)).Append(i % 3 == 0 ? "|true|" : "|false|");
            text.Append(i % 11 != 0 ? NoteOf(i) : "").Append('\n');
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static bool HasValue(int i) => i % 5 != 0;

    // Decimals, halves and doubles that use every bit of the significand, negative zero among them.
    private static double ValueOf(int i) => (i % 4) switch
    {
        0 => -0.0,
        1 => i / 10.0,
        2 => Math.Sqrt(i),
        _ => -i * 1e-300,
    };

    private static long IntegerOf(int i) => (i % 3) switch
    {
        0 => long.MinValue + i,
        1 => long.MaxValue - i,
        _ => i,
    };

    private static string NoteOf(int i) => $"é{i % 17} ü";
}
