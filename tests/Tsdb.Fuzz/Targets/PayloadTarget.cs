using Tsdb.Storage.Catalogs;
using Tsdb.Storage.Commits;
using Tsdb.Storage.Memtables;

namespace Tsdb.Fuzz.Targets;

/// <summary>What a log frame carries: read into catalogue and memtable, or refused.</summary>
internal sealed class PayloadTarget : FuzzTarget, IDisposable
{
    private static readonly byte[][] _payloads = [.. FrameSamples.Read()];

    private readonly SlabPool _slabs = new(account: null, spareSizeBytesMax: 64 << 20);

    public override string Name => "log-payload";

    public override IReadOnlyList<byte[]> Samples => _payloads;

    public override void Run(byte[] input)
    {
        CatalogStore catalog = FrameSamples.CreateCatalog();
        using Memtable memtable = new(SampleDatabase.Options.ShardCount, _slabs);
        FrameReader reader = new(catalog);
        reader.TryRead(input, batch => memtable.Append(batch, 1), static _ => { });
    }

    public void Dispose() => _slabs.Dispose();
}
