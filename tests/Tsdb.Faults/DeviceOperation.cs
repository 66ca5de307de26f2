namespace Tsdb.Faults;

/// <summary>What was asked of the device.</summary>
public enum DeviceOperation
{
    Open,
    Create,
    Exists,
    List,
    CreateDirectory,
    Rename,
    Link,
    Delete,
    SyncDirectory,
    GetLength,
    Read,
    Write,
    SetLength,
    SyncData,
}
