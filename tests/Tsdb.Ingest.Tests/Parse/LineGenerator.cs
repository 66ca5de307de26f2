using System.Globalization;
using System.Text;

namespace Tsdb.Ingest.Tests.Parse;

/// <summary>Makes random good lines, as text in Latin-1 of their UTF-8 bytes.</summary>
internal sealed class LineGenerator(Random random)
{
    private static readonly string[] _plainNames =
        ["cpu", "mem", "usage_user", "a", "b", "c", "host", "region"];
    private static readonly string[] _pieces =
        ["a", "b", "\\,", "\\ ", "\\=", "\\", "\xC3\xA4", "x1", ".", "\"", "#"];
    private static readonly string[] _stringPieces =
        ["a", " ", ",", "=", "\\\"", "\\\\", "\\n", "\xE2\x82\xAC", "#", "'"];

    public string NextLine()
    {
        StringBuilder line = new(NextName());
        AppendPairs(line, random.Next(4), ",", NextName);
        int start = line.Append(' ').Length;
        AppendPairs(line, random.Next(1, 12), ",", NextValue);
        line.Remove(start, 1);
        if (random.Next(4) != 0)
        {
            line.Append(CultureInfo.InvariantCulture, $" {random.NextInt64(long.MinValue, long.MaxValue)}");
        }

        return line.ToString();
    }

    public string NextNumber() => random.Next(6) switch
    {
        0 => random.Next(-100, 100).ToString(CultureInfo.InvariantCulture),
        1 => (random.Next(-1_000_000, 1_000_000) / 1000m).ToString(CultureInfo.InvariantCulture),
        2 => BitConverter.Int64BitsToDouble(random.NextInt64()).ToString("R", CultureInfo.InvariantCulture),
        3 => NextDigits(1, 20) + "." + NextDigits(0, 20),
        4 => "-" + NextDigits(1, 17) + "." + NextDigits(1, 9) + "e" + random.Next(-320, 310),
        _ => NextDigits(0, 9) + "." + NextDigits(1, 9),
    };

    private void AppendPairs(StringBuilder line, int count, string separator, Func<string> nextValue)
    {
        HashSet<string> names = ["ts", "time"];
        for (int i = 0; i < count; i++)
        {
            string name = NextName();
            if (names.Add(name))
            {
                line.Append(separator).Append(name).Append('=').Append(nextValue());
            }
        }
    }

    private string NextName() => random.Next(3) != 0
        ? _plainNames[random.Next(_plainNames.Length)]
        : "n" + Join(_pieces, random.Next(1, 5)) + "z"; // A backslash at the end would escape the separator.

    private string NextValue() => random.Next(6) switch
    {
        0 => random.NextInt64(long.MinValue, long.MaxValue).ToString(CultureInfo.InvariantCulture) + "i",
        1 => random.Next(1000).ToString(CultureInfo.InvariantCulture) + "uitn"[random.Next(4)],
        2 => random.Next(2) == 0 ? "true" : "F",
        3 => "\"" + Join(_stringPieces, random.Next(6)) + "\"",
        _ => random.Next(1000) is int thousandths && random.Next(2) == 0
            ? $"{random.Next(100)}.{thousandths:D3}"
            : random.Next(-1000, 1000).ToString(CultureInfo.InvariantCulture),
    };

    private string NextDigits(int countMin, int countMax) =>
        string.Concat(Enumerable.Range(0, random.Next(countMin, countMax + 1)).Select(_ => random.Next(10)));

    private string Join(string[] pieces, int count) =>
        string.Concat(Enumerable.Range(0, count).Select(_ => pieces[random.Next(pieces.Length)]));
}
