using Tsdb.Core;
using Tsdb.Engine;

namespace Tsdb.Server.Tests;

/// <summary>Uses up what requests on their way in may hold, until disposed.</summary>
internal sealed class TakenMemory : IDisposable
{
    private readonly MemoryAccount _others;
    private readonly BatchWrite? _last;

    /// <param name="server">Whose memory.</param>
    /// <param name="withLastBatch">Whether also the batch is under way that is always let in.</param>
    public TakenMemory(TsdbServer server, bool withLastBatch)
    {
        MemoryAccount share = server.Memory.Ingest;
        _others = share.CreateChild("others");
        _others.Charge(share.LimitBytes + 1);
        _last = withLastBatch ? server.DefaultDatabase.Writes.BeginBatch() : null;
    }

    public void Dispose()
    {
        _last?.Discard();
        _others.Dispose();
    }
}
