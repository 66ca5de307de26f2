using Tsdb.Storage.Catalogs;

namespace Tsdb.Fuzz.Targets;

/// <summary>The catalogue's definitions: applied as far as they go, or refused.</summary>
internal sealed class DefinitionTarget : FuzzTarget
{
    public override string Name => "definitions";

    public override IReadOnlyList<byte[]> Samples { get; } = [FrameSamples.Definitions];

    public override void Run(byte[] input) =>
        new DefinitionReader(new CatalogStore(SampleDatabase.Options.ShardCount)).TryApply(input);
}
