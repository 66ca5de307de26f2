namespace Tsdb.Query.Planning;

/// <summary>Where an input column comes from.</summary>
internal enum InputKind : byte
{
    Time,
    Tag,

    /// <summary>A field's values as stored, Bad ones too.</summary>
    Field,

    /// <summary>A field's values, NULL where the status is Bad: what aggregates read.</summary>
    UsableField,

    /// <summary>The quality of a field's values, NULL where there is none.</summary>
    Quality,
}
