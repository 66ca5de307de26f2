using Tsdb.Bench.Workload.Loading;

namespace Tsdb.Bench.Workload.Targets;

/// <summary>A database server under measurement, started on free ports with an empty data folder of its
/// own.</summary>
internal interface ITarget : IDisposable
{
    string Name { get; }

    /// <summary>Version as the server tells it.</summary>
    string Version { get; }

    int ProcessId { get; }

    int HttpPort { get; }

    /// <summary>Path and query to which line protocol is posted.</summary>
    string WritePath { get; }

    /// <summary>Bytes that the data take on disk now, apart from the log.</summary>
    long StoredBytes();

    /// <summary>Bytes of log files, those written in advance included.</summary>
    long LogBytes();

    /// <summary>What its runtime has counted.</summary>
    RuntimeCounts ReadRuntime();

    /// <summary>What it has written to its device, by what for.</summary>
    DeviceWrites ReadWrites();

    /// <summary>Returns when what was acknowledged is in files and visible to queries.</summary>
    void Flush();

    /// <summary>Ends the server as an operator would; the data stay until Dispose.</summary>
    void Stop();

    /// <summary>Returns when merging has settled.</summary>
    void Compact();
}
