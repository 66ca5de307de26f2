using System.Text.RegularExpressions;
using Tsdb.Tidy.Sources;

namespace Tsdb.Tidy.Rules;

/// <summary>Files, lines and methods stay short enough to be read at once.</summary>
internal static class SizeRules
{
    public const int FileLinesMax = 400;
    public const int TestFileLinesMax = 600;
    public const int LineColumnsMax = 110;
    public const int MethodLinesMax = 60;

    private static readonly Regex _typeKeyword =
        new(@"\b(class|struct|record|interface|enum|namespace|extension)\b");

    public static IEnumerable<Violation> CheckFileLength(SourceFile file)
    {
        int max = file.IsTest ? TestFileLinesMax : FileLinesMax;
        if (file.Lines.Length > max)
        {
            yield return new Violation(
                file.Path, max + 1, "file-length", $"{file.Lines.Length} lines, at most {max}");
        }
    }

    public static IEnumerable<Violation> CheckLineLength(SourceFile file)
    {
        for (int i = 0; i < file.Lines.Length; i++)
        {
            int columns = file.Lines[i].Length;
            if (columns > LineColumnsMax)
            {
                yield return new Violation(
                    file.Path, i + 1, "line-length", $"{columns} columns, at most {LineColumnsMax}");
            }
        }
    }

    /// <summary>
    /// A method runs from its signature to the brace that closes it, found by indentation: braces stand on
    /// lines of
    /// their own (IDE0055 sees to that).
    /// </summary>
    public static IEnumerable<Violation> CheckMethodLength(SourceFile file)
    {
        string[] code = file.Code.Code;
        int line = 0;
        while (line < code.Length)
        {
            if (code[line].Trim() != "{" || !TryFindSignature(code, line, out int first))
            {
                line++;
                continue;
            }

            int last = FindClosing(code, line);
            int length = last - first + 1;
            if (length > MethodLinesMax)
            {
                yield return new Violation(
                    file.Path, first + 1, "method-length", $"{length} lines, at most {MethodLinesMax}");
            }

            line = last + 1;
        }
    }

    /// <summary>Looks above a brace: is it a method's, and where does the method begin?</summary>
    private static bool TryFindSignature(string[] code, int brace, out int first)
    {
        first = brace;
        while (first > 0 && IsPartOfHeader(code[first - 1]))
        {
            first--;
        }

        string header = string.Join(' ', code[first..brace]);
        int parenthesis = header.IndexOf('(', StringComparison.Ordinal);
        if (parenthesis < 0 || header.Contains(" = new", StringComparison.Ordinal))
        {
            return false;
        }

        return !_typeKeyword.IsMatch(header[..parenthesis]);
    }

    private static bool IsPartOfHeader(string line)
    {
        string text = line.Trim();
        return text.Length > 0 && text[^1] is not (';' or '}' or '{' or ']');
    }

    private static int FindClosing(string[] code, int brace)
    {
        int indent = Indent(code[brace]);
        for (int i = brace + 1; i < code.Length; i++)
        {
            if (Indent(code[i]) == indent && code[i].AsSpan().TrimStart().StartsWith("}"))
            {
                return i;
            }
        }

        return code.Length - 1;
    }

    private static int Indent(string line) => line.Length - line.TrimStart().Length;
}
