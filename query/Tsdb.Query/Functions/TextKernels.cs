using System.Text.RegularExpressions;
using Tsdb.Core;
using Tsdb.Query.Planning;

namespace Tsdb.Query.Functions;

/// <summary>Kernels over texts. What depends on one text only is computed once per distinct text.</summary>
internal static class TextKernels
{
    /// <summary>A test of one text, remembered per distinct text.</summary>
    public static KernelFactory Test(Func<string, bool> test) => Map(text => test(text) ? 1UL : 0);

    /// <summary>A word computed from one text, remembered per distinct text.</summary>
    public static KernelFactory Map(Func<string, ulong> map) => _ =>
    {
        ulong[] memo = [];
        int known = 0;
        IReadOnlyList<string>? last = null;
        return (arguments, result, rowCount) =>
        {
            Nulls.Combine(arguments[..1], result, rowCount);
            IReadOnlyList<string> texts = arguments[0].Texts;
            known = ReferenceEquals(texts, last) ? known : 0;
            last = texts;
            if (texts.Count > memo.Length)
            {
                Array.Resize(ref memo, Math.Max(texts.Count, memo.Length * 2));
            }

            for (; known < texts.Count; known++)
            {
                memo[known] = map(texts[known]);
            }

            ulong[] source = arguments[0].Words;
            for (int i = 0; i < rowCount; i++)
            {
                if (!result.IsNull(i))
                {
                    result.Words[i] = memo[source[i]];
                }
            }
        };
    };

    /// <summary>A text made from one text.</summary>
    public static KernelFactory MapText(Func<string, string> map) => _ =>
    {
        TextPool pool = new();
        Kernel kernel = Map(text => (ulong)pool.Intern(map(text)))(null!);
        return (arguments, result, rowCount) =>
        {
            result.Texts = pool;
            kernel(arguments, result, rowCount);
        };
    };

    public static KernelFactory Compare(string symbol) => call =>
    {
        Func<int, bool> test = TestOf(symbol);
        if (call.Arguments[1] is BoundConstant { IsNull: false, Text: { } constant })
        {
            return Test(text => test(string.CompareOrdinal(text, constant)))(call);
        }

        return (arguments, result, rowCount) =>
        {
            Nulls.Combine(arguments, result, rowCount);
            ColumnVector left = arguments[0];
            ColumnVector right = arguments[1];
            for (int i = 0; i < rowCount; i++)
            {
                if (!result.IsNull(i))
                {
                    int order = string.CompareOrdinal(
                        left.Texts[(int)left.Words[i]], right.Texts[(int)right.Words[i]]);
                    result.Words[i] = test(order) ? 1UL : 0;
                }
            }
        };
    };

    /// <summary>The left text followed by the right.</summary>
    public static KernelFactory Concatenate() => _ =>
    {
        TextPool pool = new();
        return (arguments, result, rowCount) =>
        {
            Nulls.Combine(arguments, result, rowCount);
            result.Texts = pool;
            ColumnVector left = arguments[0];
            ColumnVector right = arguments[1];
            for (int i = 0; i < rowCount; i++)
            {
                if (!result.IsNull(i))
                {
                    string text = left.Texts[(int)left.Words[i]] + right.Texts[(int)right.Words[i]];
                    result.Words[i] = (ulong)pool.Intern(text);
                }
            }
        };
    };

    /// <summary>A LIKE pattern as a regular expression that always takes linear time.</summary>
    public static Regex LikePattern(string pattern, bool ignoresCase)
    {
        System.Text.StringBuilder regex = new("^");
        for (int i = 0; i < pattern.Length; i++)
        {
            char c = pattern[i];
            if (c == '\\' && i + 1 < pattern.Length)
            {
                regex.Append(Regex.Escape(pattern[++i].ToString()));
            }
            else
            {
                regex.Append(c == '%' ? ".*" : c == '_' ? "." : Regex.Escape(c.ToString()));
            }
        }

        return MakeRegex(regex.Append("\\z").ToString(), ignoresCase);
    }

    /// <summary>Compiles a pattern into an automaton: no backtracking, so no pattern can take for
    /// ever.</summary>
    public static Regex MakeRegex(string pattern, bool ignoresCase) => new(
        pattern,
        RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline
            | (ignoresCase ? RegexOptions.IgnoreCase : RegexOptions.None));

    private static Func<int, bool> TestOf(string symbol) => symbol switch
    {
        "=" => order => order == 0,
        "<>" => order => order != 0,
        "<" => order => order < 0,
        "<=" => order => order <= 0,
        ">" => order => order > 0,
        _ => order => order >= 0,
    };
}
