using Tsdb.Core;
using Tsdb.Storage.Catalogs;
using Tsdb.Storage.Commits;
using Tsdb.Storage.Memtables;
using Tsdb.Storage.Recovery;

namespace Tsdb.Fuzz.Targets;

/// <summary>What a log frame carries: read into catalogue and memtable, or refused.</summary>
internal sealed class PayloadTarget : FuzzTarget, IDisposable
{
    private static readonly byte[][] _payloads = [.. FrameSamples.Read()];

    private readonly SlabPool _slabs = new(account: null, spareSizeBytesMax: 64 << 20);

    public override string Name => "log-payload";

    public override IReadOnlyList<byte[]> Samples => _payloads;

    /// <summary>As a start does: what the frame defines and touches first, then its rows.</summary>
    public override void Run(byte[] input)
    {
        CatalogStore catalog = FrameSamples.CreateCatalog();
        UnreplayedRows unreplayed = new();
        unreplayed.AddFrame(lsn: 1, input.Length);
        new FrameSurvey(catalog, unreplayed).TryRead(input, new ByteSlab());
        using Memtable memtable = new(SampleDatabase.Options.ShardCount, _slabs);
        FrameReader reader = new(catalog);
        DecodedFrame frame = new();
        frame.Start(lsn: 1, input.Length);
        reader.TryRead(input, frame);
        for (int i = 0; i < frame.BatchCount; i++)
        {
            // Of the batch at which reading stopped only what is whole has been counted: nothing.
            if (frame.GetBatch(i).RowCount > 0)
            {
                memtable.Append(frame.GetBatch(i), 1);
            }
        }
    }

    public void Dispose() => _slabs.Dispose();
}
