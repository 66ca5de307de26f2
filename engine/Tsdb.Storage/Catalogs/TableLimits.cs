namespace Tsdb.Storage.Catalogs;

/// <summary>One table's own limits; null where those of the options hold.</summary>
/// <param name="SeriesCountMax">Series of the table.</param>
/// <param name="TagValueCountMax">Distinct values of each of its tag keys.</param>
internal sealed record TableLimits(int? SeriesCountMax, int? TagValueCountMax)
{
    public static TableLimits None { get; } = new(null, null);
}
