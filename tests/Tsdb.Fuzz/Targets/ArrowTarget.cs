using Tsdb.Query.Arrow.Tests;

namespace Tsdb.Fuzz.Targets;

/// <summary>Arrow streams from senders: read or refused, the same in one piece as in many.</summary>
internal sealed class ArrowTarget : FuzzTarget
{
    public override string Name => "arrow";

    public override IReadOnlyList<byte[]> Samples => ArrowFuzzTarget.Seeds;

    public override void Run(byte[] input) => ArrowFuzzTarget.Run(input);
}
