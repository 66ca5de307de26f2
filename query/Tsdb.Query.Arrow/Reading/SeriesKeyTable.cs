using System.Runtime.InteropServices;
using System.Text;
using Apache.Arrow;
using Tsdb.Core;

namespace Tsdb.Query.Arrow.Reading;

/// <summary>
/// The distinct tag tuples of one batch and the series key of each. A tuple is numbered column by column: the
/// number of the columns before, paired with this column's code, has one number of its own.
/// </summary>
internal sealed class SeriesKeyTable
{
    private readonly Dictionary<long, int> _numbers = [];
    private readonly List<int> _rowOfTuple = [];
    private readonly List<TextSpan> _keys = [];
    private readonly List<ulong> _hashes = [];
    private readonly ByteSlab _keyText = new();
    private readonly ByteSlab _texts = new();
    private int[] _tuples = [];

    /// <summary>The key's place in the text that <see cref="ToKeyText"/> gives.</summary>
    public TextSpan GetKey(int row) => _keys[_tuples[row]];

    /// <summary>The key's hash.</summary>
    public ulong GetHash(int row) => _hashes[_tuples[row]];

    /// <summary>A copy of all keys' bytes.</summary>
    public byte[] ToKeyText() => _keyText.Span.ToArray();

    /// <summary>Numbers the tuples of all rows and writes their keys.</summary>
    public void Build(ArrowColumnPlan plan, Schema schema, TextCells[] tags, int rowCount)
    {
        if (_tuples.Length < rowCount)
        {
            _tuples = new int[rowCount];
        }

        System.Array.Clear(_tuples);
        _rowOfTuple.Clear();
        _rowOfTuple.Add(0);
        foreach (TextCells tag in tags)
        {
            Number(tag.IsDictionary ? tag.Codes : Intern(tag), rowCount);
        }

        _keys.Clear();
        _hashes.Clear();
        _keyText.Clear();
        foreach (int row in _rowOfTuple)
        {
            TextSpan key = WriteKey(plan, schema, tags, row);
            _keys.Add(key);
            _hashes.Add(KeyHash.Compute(key.In(_keyText.Span)));
        }
    }

    private void Number(int[] codes, int rowCount)
    {
        _numbers.Clear();
        _rowOfTuple.Clear();
        long previousPair = -1;
        int previousNumber = 0;
        for (int row = 0; row < rowCount; row++)
        {
            long pair = ((long)_tuples[row] << 32) | (uint)(codes[row] + 1);
            if (pair != previousPair)
            {
                ref int number = ref CollectionsMarshal.GetValueRefOrAddDefault(
                    _numbers, pair, out bool isKnown);
                if (!isKnown)
                {
                    number = _rowOfTuple.Count;
                    _rowOfTuple.Add(row);
                }

                previousPair = pair;
                previousNumber = number;
            }

            _tuples[row] = previousNumber;
        }
    }

    // Plain utf8 repeats its texts row by row: equal ones get one code, so that they make one key.
    private static int[] Intern(TextCells tag)
    {
        Dictionary<string, int> codeOfText = new(StringComparer.Ordinal);
        int[] codes = new int[tag.Codes.Length];
        ReadOnlySpan<byte> previousText = default;
        int previousCode = TextCells.NullCode;
        for (int row = 0; row < codes.Length; row++)
        {
            if (tag.Codes[row] == TextCells.NullCode)
            {
                codes[row] = TextCells.NullCode;
                continue;
            }

            ReadOnlySpan<byte> text = tag.GetText(tag.Codes[row]);
            if (previousCode == TextCells.NullCode || !text.SequenceEqual(previousText))
            {
                // Latin1 maps bytes to chars one to one: exact, whatever the bytes are.
                ref int code = ref CollectionsMarshal.GetValueRefOrAddDefault(
                    codeOfText, Encoding.Latin1.GetString(text), out bool isKnown);
                code = isKnown ? code : row;
                previousCode = code;
                previousText = text;
            }

            codes[row] = previousCode;
        }

        return codes;
    }

    private TextSpan WriteKey(ArrowColumnPlan plan, Schema schema, TextCells[] tags, int row)
    {
        _texts.Clear();
        List<SeriesTag> keyTags = new(tags.Length);
        for (int i = 0; i < tags.Length && row < tags[i].Codes.Length; i++)
        {
            int code = tags[i].Codes[row];
            if (code != TextCells.NullCode)
            {
                string name = schema.FieldsList[plan.TagColumns[i]].Name;
                keyTags.Add(new SeriesTag(
                    _texts.Append(Encoding.UTF8.GetBytes(name)), _texts.Append(tags[i].GetText(code))));
            }
        }

        return SeriesKeyWriter.Append(_keyText, plan.Table, _texts.Span, CollectionsMarshal.AsSpan(keyTags));
    }
}
