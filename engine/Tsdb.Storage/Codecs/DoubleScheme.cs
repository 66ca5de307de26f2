namespace Tsdb.Storage.Codecs;

/// <summary>How a block of doubles is stored; the numbers are on disk.</summary>
internal enum DoubleScheme : byte
{
    /// <summary>Integers over a power of ten.</summary>
    Decimal = 0,

    /// <summary>The bits as ordered integers, without the zeros that all end in.</summary>
    Ordered = 1,

    /// <summary>Few distinct leading bits, coded; the rest as it is.</summary>
    Split = 2,

    /// <summary>Eight bytes a value.</summary>
    Raw = 3,
}
