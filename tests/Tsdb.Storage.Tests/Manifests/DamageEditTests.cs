using Tsdb.Core;
using Tsdb.Faults;
using Tsdb.Storage.Manifests;

namespace Tsdb.Storage.Tests.Manifests;

/// <summary>What verifying has found is kept by the manifest as long as the segment is there.</summary>
public sealed class DamageEditTests
{
    private static readonly SegmentDamage _block = new(
        1, 256, 7, new SeriesId(16), -5, 5, 1024, new Timestamp(1_700_000_000_000_000_000), "a block");

    private static readonly SegmentDamage _whole = new(
        2, 0, null, null, long.MinValue, long.MaxValue, 0, new Timestamp(3), "");

    [Fact]
    public void Edits_of_version_1_are_read_and_still_written_byte_for_byte()
    {
        SimulatedStorageDevice device = new();
        ManifestState written = WriteHistory(device);
        GoldenFiles.WriteIfAsked("manifest/v1-damage", device);
        SimulatedStorageDevice golden = GoldenFiles.Load("manifest/v1-damage");
        Assert.All(golden.ListFiles(), path => Assert.Equal(golden.ReadFile(path), device.ReadFile(path)));
        ManifestState read = ManifestReader.Read(golden).State;
        Assert.Equal([_whole, _block], read.Damages);
        Assert.Equal(new ScrubMark(2, 99), read.Scrub);
        Assert.Equal(written.Damages, read.Damages);
    }

    [Fact]
    public void A_checkpoint_keeps_them_and_a_segment_takes_its_own_along()
    {
        SimulatedStorageDevice device = new();
        WriteHistory(device);
        using (Manifest manifest = Manifest.Open(device))
        {
            Assert.Equal([_whole, _block], manifest.Current.Damages);
            manifest.Commit(new ManifestEdit().RemoveSegment(2));
            Assert.Equal([_block], manifest.Current.Damages);
            manifest.Commit(new ManifestEdit().EndDamage(_block).AddDamage(_whole));
        }

        ManifestState left = ManifestReader.Read(device).State;
        Assert.Empty(left.Damages);
        Assert.Equal(new ScrubMark(2, 99), left.Scrub);
    }

    private static ManifestState WriteHistory(SimulatedStorageDevice device)
    {
        using Manifest manifest = ManifestScenario.CreateNew(device);
        manifest.Commit(new ManifestEdit()
            .AddSegment(ManifestScenario.SegmentOf(1))
            .AddSegment(ManifestScenario.SegmentOf(2)));
        manifest.Commit(new ManifestEdit().AddDamage(_block with { RowCount = 1 }).AddDamage(_whole));
        return manifest.Commit(new ManifestEdit().AddDamage(_block).SetScrubMark(new ScrubMark(2, 99)));
    }
}
