namespace Tsdb.Core;

/// <summary>What an acknowledgement of a write promises.</summary>
public enum Durability : byte
{
    /// <summary>On stable storage: survives a power cut. The default.</summary>
    Fsync = 0,

    /// <summary>Handed to the operating system: survives a crash of the process.</summary>
    Os = 1,

    /// <summary>In the memory of the process only.</summary>
    Memory = 2,
}
