namespace Tsdb.Storage.Rollups;

/// <summary>What a rollup says of a field in a bucket. The numbers are part of the file format.</summary>
internal enum RollupCell
{
    /// <summary>Usable values: those whose status is not Bad.</summary>
    Count = 0,

    /// <summary>Least of them, NaN passed over.</summary>
    Min = 1,

    /// <summary>Greatest of them.</summary>
    Max = 2,

    /// <summary>Earliest of them.</summary>
    First = 3,

    /// <summary>Latest of them.</summary>
    Last = 4,

    /// <summary>When the earliest was, ns from the bucket's start.</summary>
    FirstOffset = 5,

    /// <summary>When the latest was, ns from the bucket's start.</summary>
    LastOffset = 6,

    /// <summary>Their sum: of floats the compensated one, of integers its low 64 bits.</summary>
    Sum = 7,

    /// <summary>Integers only: the high 64 bits of the sum.</summary>
    SumHigh = 8,
}
