namespace Tsdb.Tidy.Sources;

/// <summary>A text file of the tree; paths are relative to the root, with '/'.</summary>
internal sealed class SourceFile(string path, string text)
{
    private CodeText? _code;

    public string Path { get; } = path;

    public string Text { get; } = text;

    /// <summary>Lines without their ends; the empty piece after a final newline is not one.</summary>
    public string[] Lines { get; } = SplitLines(text);

    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    public string Folder => Path.LastIndexOf('/') is int slash and >= 0 ? Path[..slash] : "";

    public bool IsCSharp => Path.EndsWith(".cs", StringComparison.Ordinal);

    public bool IsMarkdown => Path.EndsWith(".md", StringComparison.Ordinal);

    public bool IsTest => IsUnder("tests");

    /// <summary>The C# text told apart into code, comments and literals; made on first use.</summary>
    public CodeText Code => _code ??= CodeText.Read(Text);

    public bool IsUnder(string folder) => Path.StartsWith(folder + "/", StringComparison.Ordinal);

    public static string[] SplitLines(string text)
    {
        string[] lines = text.Split('\n');
        return lines[^1].Length == 0 ? lines[..^1] : lines;
    }
}
