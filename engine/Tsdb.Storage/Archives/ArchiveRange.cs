using System.Globalization;

namespace Tsdb.Storage.Archives;

/// <summary>LSNs, both ends included.</summary>
public readonly record struct ArchiveRange(ulong FirstLsn, ulong LastLsn)
{
    /// <summary>As messages have it.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"LSN {FirstLsn} to {LastLsn}");
}
