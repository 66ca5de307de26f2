namespace Tsdb.Faults;

/// <summary>What a power cut did to a device.</summary>
public sealed class PowerCutLosses
{
    /// <summary>Sectors written and not synced that are as they were before.</summary>
    public int SectorCount { get; internal set; }

    /// <summary>Files of which an unsynced sector was kept and one behind it lost.</summary>
    public int TornFileCount { get; internal set; }

    /// <summary>Files of which an unsynced sector was lost and one behind it kept.</summary>
    public int ReorderedFileCount { get; internal set; }

    /// <summary>Names made, changed or removed and not synced that are as they were before.</summary>
    public int NameCount { get; internal set; }
}
