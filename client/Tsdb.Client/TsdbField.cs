using Tsdb.Core;

namespace Tsdb.Client;

/// <summary>A field column that a <see cref="TsdbWriter"/> fills.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
public sealed record TsdbField(string Name, ColumnType Type);
