using Tsdb.Core;
using Tsdb.Storage.Catalogs;
using Tsdb.Storage.Commits;
using Tsdb.Storage.Memtables;
using Tsdb.Storage.Records;
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
        new FrameSurvey(catalog, unreplayed).TryRead(input, new ByteChain());
        using Memtable memtable = new(SampleDatabase.Options.ShardCount, _slabs);
        FrameReader reader = new(catalog);
        DecodedFrames frames = new();
        frames.AddFrame(lsn: 1, input.Length);

        // Frames that come together go on in each other's batches; one that is broken ends the replay.
        if (!reader.TryRead(input, frames))
        {
            return;
        }

        frames.AddFrame(lsn: 2, input.Length);
        Invariant.Holds(reader.TryRead(input, frames));
        BulkAppend bulk = new();
        memtable.NoteFrames(frames.FirstLsn, frames.LastLsn);
        for (int i = 0; i < frames.BatchCount; i++)
        {
            memtable.Append(frames.GetBatch(i), bulk);
        }
    }

    public void Dispose() => _slabs.Dispose();
}
