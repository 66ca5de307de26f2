namespace Tsdb.Core;

/// <summary>
/// One tag of a series key: where its key and its value lie in a byte slab, UTF-8, unescaped.
/// </summary>
/// <param name="Key">The tag's key; not empty.</param>
/// <param name="Value">The tag's value; not empty.</param>
public readonly record struct SeriesTag(TextSpan Key, TextSpan Value);
