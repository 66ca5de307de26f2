namespace Tsdb.Storage.Devices;

/// <summary>How a file is opened.</summary>
public enum FileOpenMode
{
    /// <summary>Must exist; reads only.</summary>
    Read,

    /// <summary>Must exist; reads and writes.</summary>
    ReadWrite,

    /// <summary>Must not exist; reads and writes.</summary>
    CreateNew,
}
