using System.Diagnostics.Tracing;

namespace Tsdb.Server.Telemetry;

/// <summary>
/// How long all threads stood still for the garbage collector, pause by pause, from the runtime's own events.
/// </summary>
/// <remarks>The runtime hands its events over up to a second late. Thread safe.</remarks>
internal sealed class GcPauses : EventListener
{
    private const string RuntimeSource = "Microsoft-Windows-DotNETRuntime";
    private const EventKeywords GcKeyword = (EventKeywords)1;
    private const int SuspendBegin = 9;
    private const int RestartEnd = 3;

    private static readonly double[] _boundsSeconds =
        [0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.2];

    private readonly Lock _gate = new();
    private readonly long[] _counts = new long[_boundsSeconds.Length + 1];
    private DateTime? _begun;
    private TimeSpan _sum;
    private TimeSpan _longest;
    private long _committedBytesMax;
    private DateTime _countedFrom;

    /// <summary>Counts from a moment on, and nothing of what was before: nobody waits while a server warms
    /// up.</summary>
    public void Restart(DateTimeOffset moment)
    {
        lock (_gate)
        {
            _countedFrom = moment.UtcDateTime;
            Array.Clear(_counts);
            _sum = TimeSpan.Zero;
            _longest = TimeSpan.Zero;
        }
    }

    /// <summary>The pauses since the server was ready.</summary>
    public void Render(PrometheusText text)
    {
        lock (_gate)
        {
            text.Metric("dotnet_gc_pause_seconds", "histogram", "Time that all threads stood still.")
                .Histogram("dotnet_gc_pause_seconds", _boundsSeconds, [.. _counts], _sum.TotalSeconds, "")
                .Metric("dotnet_gc_pause_seconds_max", "gauge", "The longest of them.")
                .Sample("dotnet_gc_pause_seconds_max", _longest.TotalSeconds)
                .Metric("dotnet_gc_committed_bytes_max", "gauge", "Most that the managed heap has held.")
                .Sample("dotnet_gc_committed_bytes_max", Math.Max(_committedBytesMax, ReadCommittedBytes()));
        }
    }

    /// <inheritdoc />
    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == RuntimeSource)
        {
            EnableEvents(eventSource, EventLevel.Informational, GcKeyword);
        }
    }

    /// <inheritdoc />
    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        lock (_gate)
        {
            if (eventData.EventId == SuspendBegin)
            {
                _begun = eventData.TimeStamp;
            }
            else if (eventData.EventId == RestartEnd && _begun is { } begun)
            {
                _begun = null;
                if (begun >= _countedFrom)
                {
                    Count(eventData.TimeStamp - begun);
                }
            }
        }
    }

    private void Count(TimeSpan pause)
    {
        int bucket = 0;
        while (bucket < _boundsSeconds.Length && pause.TotalSeconds > _boundsSeconds[bucket])
        {
            bucket++;
        }

        _counts[bucket]++;
        _sum += pause;
        _longest = pause > _longest ? pause : _longest;
        _committedBytesMax = Math.Max(_committedBytesMax, ReadCommittedBytes());
    }

    private static long ReadCommittedBytes() => GC.GetGCMemoryInfo(GCKind.Any).TotalCommittedBytes;
}
