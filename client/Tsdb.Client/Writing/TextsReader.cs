namespace Tsdb.Client.Writing;

/// <summary>Takes texts: where each starts, and where the last ends.</summary>
internal delegate void TextsReader(ReadOnlySpan<int> offsets, ReadOnlySpan<byte> texts);
