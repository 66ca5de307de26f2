using System.Diagnostics;

namespace Tsdb.Server.Telemetry;

/// <summary>What the runtime and the operating system say of this process.</summary>
internal static class ProcessMetrics
{
    public static void Render(PrometheusText text, TimeSpan uptime)
    {
        using Process process = Process.GetCurrentProcess();
        text.Metric("process_cpu_seconds_total", "counter", "User and system time.")
            .Sample("process_cpu_seconds_total", process.TotalProcessorTime.TotalSeconds)
            .Metric("process_resident_memory_bytes", "gauge", "Resident memory.")
            .Sample("process_resident_memory_bytes", process.WorkingSet64)
            .Metric("process_threads", "gauge", "Threads.")
            .Sample("process_threads", process.Threads.Count)
            .Metric("tsdb_uptime_seconds", "gauge", "Since the server started.")
            .Sample("tsdb_uptime_seconds", uptime.TotalSeconds)
            .Metric("dotnet_gc_heap_bytes", "gauge", "Managed heap.")
            .Sample("dotnet_gc_heap_bytes", GC.GetTotalMemory(forceFullCollection: false))
            .Metric("dotnet_gc_allocated_bytes_total", "counter", "Bytes allocated.")
            .Sample("dotnet_gc_allocated_bytes_total", GC.GetTotalAllocatedBytes())
            .Metric("dotnet_gc_pause_seconds_total", "counter", "Time stopped for collections.")
            .Sample("dotnet_gc_pause_seconds_total", GC.GetTotalPauseDuration().TotalSeconds)
            .Metric("dotnet_gc_collections_total", "counter", "Collections by generation.");
        for (int generation = 0; generation <= GC.MaxGeneration; generation++)
        {
            text.Sample(
                "dotnet_gc_collections_total",
                GC.CollectionCount(generation),
                $"generation=\"{generation}\"");
        }
    }
}
