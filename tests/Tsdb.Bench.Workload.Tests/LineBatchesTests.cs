using System.Security.Cryptography;
using Tsdb.Bench.Workload.Generation;

namespace Tsdb.Bench.Workload.Tests;

/// <summary>The workloads are the ones that the peers' published figures were measured with, to the
/// byte.</summary>
public sealed class LineBatchesTests
{
    [Fact]
    public void Workload_A_is_the_reference_text()
    {
        LineBatches lines = LineBatches.Of(new CpuHosts(hostCount: 50, stepCount: 20), rowsPerBatch: 300);
        Assert.Equal(
            [300, 300, 300, 100], lines.Batches.Select(batch => batch.Count(value => value == '\n')));
        Assert.Equal((1000, 10_000), (lines.RowCount, lines.PointCount));
        Assert.Equal("be8f2b11cab8839433343b18a4556af496b7b2fd47eb9c502c15e8a7fb256511", Hash(lines));
    }

    [Fact]
    public void Workload_A_has_347_bytes_a_row_at_full_width()
    {
        LineBatches lines = LineBatches.Of(new CpuHosts(hostCount: 4000, stepCount: 5), rowsPerBatch: 5000);
        Assert.InRange((double)lines.SizeBytes / lines.RowCount, 346.5, 347.5);
    }

    [Fact]
    public void Workload_B_is_the_reference_text()
    {
        LineBatches lines = LineBatches.Of(new MixedSensors(20, 200, latePercent: 0), rowsPerBatch: 10_000);
        Assert.Equal("887a85069f729f929ccc6e421f2e3046268f5b1e9f4a53c18837fc320d898fbc", Hash(lines));
    }

    [Fact]
    public void Workload_BL_is_the_reference_text()
    {
        LineBatches lines = LineBatches.Of(new MixedSensors(20, 200, latePercent: 10), rowsPerBatch: 10_000);
        Assert.Equal("6af7d848cc22fe758431c5e7856e64bff243ea24d49d1950fc9c2b163883252e", Hash(lines));
    }

    [Fact]
    public void Lateness_moves_points_and_changes_none()
    {
        HashSet<(int, long, double)> inOrder = [];
        new MixedSensors(
            20, 200, latePercent: 0).Generate((sensor, ms, value) => inOrder.Add((sensor, ms, value)));
        int lateCount = 0;
        long newestMs = 0;
        new MixedSensors(20, 200, latePercent: 10).Generate((sensor, ms, value) =>
        {
            Assert.True(inOrder.Remove((sensor, ms, value)));
            lateCount += ms < newestMs - 1000 ? 1 : 0;
            newestMs = Math.Max(newestMs, ms);
        });
        Assert.Empty(inOrder);
        Assert.InRange(lateCount, 320, 480);
    }

    private static string Hash(LineBatches lines) =>
        Convert.ToHexStringLower(SHA256.HashData(lines.Batches.SelectMany(batch => batch).ToArray()));
}
