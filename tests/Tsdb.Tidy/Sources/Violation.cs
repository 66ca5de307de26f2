namespace Tsdb.Tidy.Sources;

/// <summary>One broken rule. Its text is what the test prints, in the form editors can follow.</summary>
internal sealed record Violation(string Path, int Line, string Rule, string Message)
{
    public override string ToString() => $"{Path}:{Line} {Rule}: {Message}";
}
